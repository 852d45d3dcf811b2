/** Restores that are done to prove that they work. */
@NullMarked
package io.bulwark.persistence.drill;

import org.jspecify.annotations.NullMarked;
