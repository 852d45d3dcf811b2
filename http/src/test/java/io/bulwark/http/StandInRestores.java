package io.bulwark.http;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.restore.Difference;
import io.bulwark.restore.Exchanged;
import io.bulwark.restore.RestoreOrder;
import io.bulwark.restore.RestoreRun;
import io.bulwark.restore.Restores;
import io.bulwark.restore.RowsHash;
import io.bulwark.tenant.TenantStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Restores that begin and get no further; one that is done is remembered. */
final class StandInRestores implements Restores {
    static final Instant NOW = Instant.parse("2026-11-27T06:00:00Z");
    private static final MemberAddress NODE = MemberAddress.parse("127.0.0.1:25520");

    volatile Optional<Started.Refused> refusal = Optional.empty();
    volatile boolean away;
    private final List<RestoreRun> runs = new ArrayList<>();

    @Override
    public synchronized CompletionStage<Started> start(RestoreOrder order) {
        if (refusal.isPresent()) {
            return answer(refusal.get());
        }
        RestoreRun run = RestoreRun.begun("run-" + (runs.size() + 1), order, NODE, NOW);
        runs.addFirst(run);
        return answer(new Started.Begun(run));
    }

    synchronized void forgetAll() {
        refusal = Optional.empty();
        away = false;
        runs.clear();
    }

    synchronized void finish(String id) {
        runs.replaceAll(run -> run.id().equals(id) ? done(run) : run);
    }

    private static RestoreRun done(RestoreRun run) {
        Difference difference = new Difference(List.of(new Difference.Table(
                "app.invoice",
                new Difference.Rows(2, List.of("4", "5")),
                new Difference.Rows(0, List.of()),
                new Difference.Rows(1, List.of("7")),
                90)));
        RowsHash hash = new RowsHash(93, "a1-b2");
        return run.withUnsettled(1)
                .withDifference(3, difference)
                .withExchanged(new Exchanged(List.of(new Exchanged.Table("app.invoice", hash, hash, hash)), 12))
                .at(RestoreRun.Phase.RELEASING, "")
                .done(NOW, Optional.of(TenantStatus.ACTIVE));
    }

    @Override
    public synchronized CompletionStage<Optional<RestoreRun>> find(String id) {
        return answer(runs.stream().filter(run -> run.id().equals(id)).findFirst());
    }

    @Override
    public synchronized CompletionStage<List<RestoreRun>> list(Optional<String> before, int most) {
        return answer(runs.stream()
                .filter(run -> before.isEmpty() || run.id().compareTo(before.get()) < 0)
                .limit(most)
                .toList());
    }

    private <T> CompletionStage<T> answer(T reply) {
        return away
                ? CompletableFuture.failedStage(new IllegalStateException("away"))
                : CompletableFuture.completedStage(reply);
    }
}
