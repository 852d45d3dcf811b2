/** What a request says about its own repetition: its key, its fingerprint, and how long it waits for its first. */
@NullMarked
package io.bulwark.http.idempotency;

import org.jspecify.annotations.NullMarked;
