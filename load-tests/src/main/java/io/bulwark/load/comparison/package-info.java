/** Bulwark beside what people use today: the same work for each, in one run, in turns. */
@NullMarked
package io.bulwark.load.comparison;

import org.jspecify.annotations.NullMarked;
