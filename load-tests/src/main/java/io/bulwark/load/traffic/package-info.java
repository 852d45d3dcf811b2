/** Who calls, under which key, and what is to come of it: chosen by chance, and the same for the same seed. */
@NullMarked
package io.bulwark.load.traffic;

import org.jspecify.annotations.NullMarked;
