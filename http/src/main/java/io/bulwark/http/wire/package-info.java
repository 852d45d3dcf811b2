/** The bytes of connections, from clients and to services: the threads that carry them, and the way to Akka's streams. */
@NullMarked
package io.bulwark.http.wire;

import org.jspecify.annotations.NullMarked;
