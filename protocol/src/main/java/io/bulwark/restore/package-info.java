/** One tenant back to an instant: what is asked for, how far it is, and what came of it. */
@NullMarked
package io.bulwark.restore;

import org.jspecify.annotations.NullMarked;
