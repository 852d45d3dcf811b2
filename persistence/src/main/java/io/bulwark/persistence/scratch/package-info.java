/** Servers that are started on restored data to be looked at, and are thrown away. */
@NullMarked
package io.bulwark.persistence.scratch;

import org.jspecify.annotations.NullMarked;
