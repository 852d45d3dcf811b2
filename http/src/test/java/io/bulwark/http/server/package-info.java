/** Promises of the service listener, told over real sockets. */
@NullMarked
package io.bulwark.http.server;

import org.jspecify.annotations.NullMarked;
