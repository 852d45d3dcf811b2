/** Forwards calls to services: exactly once where a key says so, under limits and circuits, with deadlines. */
@NullMarked
package io.bulwark.http.gateway;

import org.jspecify.annotations.NullMarked;
