/** The contract, row by row, over a real listener with honest stand-ins for the rest of the node. */
@NullMarked
package io.bulwark.http;

import org.jspecify.annotations.NullMarked;
