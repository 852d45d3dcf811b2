/** The whole rule of a tenant's guard, composed of limits, circuits and calls in flight, and what of it is journalled. */
@NullMarked
package io.bulwark.admission;

import org.jspecify.annotations.NullMarked;
