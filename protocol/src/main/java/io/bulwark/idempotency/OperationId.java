package io.bulwark.idempotency;

import io.bulwark.grammar.Name;

/** Which operation: the primary key of the ledger. */
public record OperationId(Name tenant, IdempotencyKey key) {
    @Override
    public String toString() {
        return tenant + "/" + key.value();
    }
}
