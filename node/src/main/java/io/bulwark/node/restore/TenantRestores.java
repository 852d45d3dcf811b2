package io.bulwark.node.restore;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.guard.Guards;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.tenantrestore.Erasures;
import io.bulwark.persistence.tenantrestore.RestoreRuns;
import io.bulwark.persistence.tenantrestore.TenantRestore;
import io.bulwark.persistence.tenantrestore.TenantRestoreException;
import io.bulwark.restore.RestoreOrder;
import io.bulwark.restore.RestoreRun;
import io.bulwark.restore.Restores;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Restores of tenants on this node, each on a virtual thread; how far each is stands in the database, for every node. */
public final class TenantRestores implements Restores, AutoCloseable {
    private static final Duration END_WITHIN = Duration.ofSeconds(10);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Given given;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("bulwark-restore-", 0).factory());

    /**
     * What they work with.
     *
     * @param live the database of the nodes
     * @param guardPatience how long a guard may go without an answer before a restore gives up
     * @param settleWithin how long operations that are being executed are waited for
     */
    public record Given(
            Guards guards,
            Database live,
            RestoreRuns runs,
            Pasts pasts,
            MemberAddress self,
            InstantSource clock,
            RandomGenerator random,
            Duration guardPatience,
            Duration settleWithin) {}

    public TenantRestores(Given given) {
        this.given = given;
    }

    @Override
    public CompletionStage<Started> start(RestoreOrder order) {
        return asked(() -> begin(order));
    }

    @Override
    public CompletionStage<Optional<RestoreRun>> find(String id) {
        return asked(() -> given.runs().find(id));
    }

    @Override
    public CompletionStage<List<RestoreRun>> list(Optional<String> before, int most) {
        return asked(() -> given.runs().list(before, most));
    }

    private Started begin(RestoreOrder order) throws SQLException, TenantRestoreException {
        Instant now = given.clock().instant();
        if (order.at().isAfter(now)) {
            return new Started.Refused(
                    Why.IMPOSSIBLE,
                    "at is " + order.at() + ", and it is " + now + ": expected an instant that is over");
        }
        Pasts.Opened past;
        try {
            past = given.pasts().open();
        } catch (IOException | IllegalArgumentException e) {
            return new Started.Refused(Why.NOT_CONFIGURED, String.valueOf(e.getMessage()));
        }
        boolean begun = false;
        try {
            past.check(order.at());
            var _ = Erasures.of(order.tenant(), past.erasures());
            TenantRestore restore = TenantRestore.begin(given.live(), order.tenant(), past.tables());
            RestoreRun run = begun(order, restore, now);
            threads.execute(new RestoreJob(
                    new RestoreJob.Means(
                            restore,
                            past,
                            new GuardQuarantine(given.guards(), order.tenant(), given.guardPatience()),
                            given.runs(),
                            given.clock(),
                            given.settleWithin()),
                    run));
            begun = true;
            return new Started.Begun(run);
        } catch (TenantRestoreException e) {
            return refused(e);
        } catch (IOException e) {
            return new Started.Refused(Why.IMPOSSIBLE, String.valueOf(e.getMessage()));
        } finally {
            if (!begun) {
                past.close();
            }
        }
    }

    private RestoreRun begun(RestoreOrder order, TenantRestore restore, Instant now) throws SQLException {
        String id = TIME.format(now) + "-" + order.tenant() + "-"
                + HexFormat.of().toHexDigits((short) given.random().nextInt());
        RestoreRun run = RestoreRun.begun(id, order, given.self(), now);
        try {
            given.runs().begin(run);
            return run;
        } catch (SQLException failure) {
            restore.close();
            throw failure;
        }
    }

    private static Started refused(TenantRestoreException refusal) throws TenantRestoreException {
        String sentence = String.valueOf(refusal.getMessage());
        return switch (refusal.kind()) {
            case UNKNOWN_TENANT -> new Started.Refused(Why.UNKNOWN_TENANT, sentence);
            case BUSY -> new Started.Refused(Why.RUNNING, sentence);
            case REFUSED, CHANGED_MEANWHILE -> new Started.Refused(Why.IMPOSSIBLE, sentence);
            case FAILED, IN_DOUBT -> throw refusal;
        };
    }

    private <T> CompletionStage<T> asked(Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** Breaks off what runs, and gives it some time to put things back. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            var _ = threads.awaitTermination(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
