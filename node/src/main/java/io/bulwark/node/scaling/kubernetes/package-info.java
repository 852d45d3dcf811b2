/** The target {@code kubernetes}: how many pods a Deployment or StatefulSet is to have, said to the API server. */
@NullMarked
package io.bulwark.node.scaling.kubernetes;

import org.jspecify.annotations.NullMarked;
