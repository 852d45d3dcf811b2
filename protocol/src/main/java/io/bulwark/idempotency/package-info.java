/** Operations under an idempotency key, and the port to the ledger that arbitrates them. */
@NullMarked
package io.bulwark.idempotency;

import org.jspecify.annotations.NullMarked;
