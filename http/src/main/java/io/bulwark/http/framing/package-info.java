/** Where one HTTP/1.1 request ends and the next begins (RFC 9112), decided before any parser sees the bytes. */
@NullMarked
package io.bulwark.http.framing;

import org.jspecify.annotations.NullMarked;
