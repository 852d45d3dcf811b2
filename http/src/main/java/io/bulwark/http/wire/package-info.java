/** The service listener: connections, routes, problem documents and strict JSON. */
@NullMarked
package io.bulwark.http.wire;

import org.jspecify.annotations.NullMarked;
