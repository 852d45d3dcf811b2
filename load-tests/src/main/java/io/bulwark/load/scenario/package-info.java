/** Runs that put a Bulwark under a load of one kind and say what came of it. */
@NullMarked
package io.bulwark.load.scenario;

import org.jspecify.annotations.NullMarked;
