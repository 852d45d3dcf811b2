/** What a value must look like: names, and the ranges of numbers and durations. */
@NullMarked
package io.bulwark.grammar;

import org.jspecify.annotations.NullMarked;
