/** Promises of the contract, each proved on a real node from outside. */
@NullMarked
package io.bulwark.blackbox;

import org.jspecify.annotations.NullMarked;
