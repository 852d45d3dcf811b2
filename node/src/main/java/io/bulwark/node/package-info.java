/** One member of the cluster. */
@NullMarked
package io.bulwark.node;

import org.jspecify.annotations.NullMarked;
