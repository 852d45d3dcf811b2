/** KEDA's external scaler: what every node says to who asks how many nodes there are to be. */
@NullMarked
package io.bulwark.node.scaling.keda;

import org.jspecify.annotations.NullMarked;
