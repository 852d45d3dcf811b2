package io.bulwark.http;

import io.bulwark.http.server.TestListener;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.OperationId;

/** Looks into the stand-in's ledger past HTTP. */
final class TestLedger {
    private TestLedger() {}

    static boolean isAbsent(ContractFixture fixture, OperationId id) {
        return TestListener.await(fixture.ledger.find(id)) instanceof Ledger.FindVerdict.Absent;
    }
}
