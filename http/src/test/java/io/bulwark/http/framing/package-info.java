/** Promises of the framing, told in bytes. */
@NullMarked
package io.bulwark.http.framing;

import org.jspecify.annotations.NullMarked;
