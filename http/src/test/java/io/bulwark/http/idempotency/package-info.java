@NullMarked
package io.bulwark.http.idempotency;

import org.jspecify.annotations.NullMarked;
