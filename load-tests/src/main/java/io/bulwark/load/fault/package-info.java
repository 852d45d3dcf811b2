/** Faults as data, made from a seed, and what carries them out on a cluster. */
@NullMarked
package io.bulwark.load.fault;

import org.jspecify.annotations.NullMarked;
