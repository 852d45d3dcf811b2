/** Whether this node lives and is ready, and what it serves. */
@NullMarked
package io.bulwark.http.health;

import org.jspecify.annotations.NullMarked;
