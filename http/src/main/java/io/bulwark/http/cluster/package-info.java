/** The cluster as operators see and change it. */
@NullMarked
package io.bulwark.http.cluster;

import org.jspecify.annotations.NullMarked;
