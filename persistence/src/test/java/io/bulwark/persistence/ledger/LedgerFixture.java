package io.bulwark.persistence.ledger;

import io.bulwark.grammar.Name;
import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Answer.Header;
import io.bulwark.idempotency.Body;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Shorthand for tests of the ledger. */
final class LedgerFixture {
    static final Duration LEASE = Duration.ofMinutes(10);
    static final Duration RETENTION = Duration.ofHours(1);
    static final Fingerprint FINGERPRINT = new Fingerprint("f1");
    static final Fingerprint OTHER_FINGERPRINT = new Fingerprint("f2");

    private LedgerFixture() {}

    static OperationId id(String key) {
        return id("acme", key);
    }

    static OperationId id(String tenant, String key) {
        return new OperationId(new Name(tenant), new IdempotencyKey(key));
    }

    static Ledger.Claim wish(OperationId id) {
        return new Ledger.Claim(id, FINGERPRINT, LEASE, RETENTION, false);
    }

    static Answer answer(String body) {
        return Answer.of(
                201,
                List.of(new Header("Content-Type", "text/plain"), new Header("X-Odd", "a,b\\ \"c\" {é}")),
                Body.wrap(body.getBytes(StandardCharsets.UTF_8)));
    }

    static PostgresLedger open(Database database, LedgerSettings settings) {
        return PostgresLedger.open(database, settings, new SplittableRandom(System.nanoTime()), Optional::empty);
    }

    static <V> V get(CompletionStage<V> stage) {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    static long claimed(Ledger ledger, OperationId id) {
        return ((ClaimVerdict.Claimed) get(ledger.claim(wish(id)))).token();
    }

    /** Lets time pass for every operation of the database, without waiting for it. */
    static void pass(Database database, Duration time) {
        String by = " - interval '" + time.toMillis() + " milliseconds'";
        TestServer.execute(
                database,
                "UPDATE operation SET lease_until = lease_until" + by + ", expires_at = expires_at" + by
                        + ", changed_at = changed_at" + by + ", created_at = created_at" + by);
    }
}
