/** HTTP/1.1 on bare sockets, for what no well-behaved client or server would send. */
@NullMarked
package io.bulwark.load.wire;

import org.jspecify.annotations.NullMarked;
