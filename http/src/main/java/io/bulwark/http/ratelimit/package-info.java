/** How limits are told to HTTP clients. */
@NullMarked
package io.bulwark.http.ratelimit;

import org.jspecify.annotations.NullMarked;
