/** Limits: a named quantity per time, the algorithms that keep it, and what each of them promises. */
@NullMarked
package io.bulwark.ratelimit;

import org.jspecify.annotations.NullMarked;
