package io.bulwark.http;

import io.bulwark.backup.ArchiveMode;
import io.bulwark.backup.ArchiveView;
import io.bulwark.backup.BackupEvent;
import io.bulwark.backup.BackupKind;
import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupState;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.BackupView;
import io.bulwark.backup.Backups;
import io.bulwark.backup.Freshness;
import io.bulwark.backup.HeldBackup;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.wire.Precondition;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A coordinator that works on its first run for ever, and a repository with a chain of two. */
final class StandInBackups implements Backups {
    static final Instant AT = Instant.parse("2026-11-26T12:00:00Z");
    static final String FULL = "20261126T021500Z-full";
    static final String NEXT = "20261126T024500Z-incremental";

    private static final MemberAddress MEMBER = MemberAddress.parse("127.0.0.1:25520");

    volatile boolean configured = true;
    volatile boolean away;
    volatile boolean full;
    volatile Optional<String> broken = Optional.empty();
    private BackupState state = BackupState.EMPTY.apply(new BackupEvent.PolicyPut(0, BackupPolicy.DEFAULT, AT));

    @Override
    public boolean configured() {
        return configured;
    }

    @Override
    public synchronized Optional<BackupView> view() {
        ArchiveView archive = new ArchiveView(
                ArchiveMode.ASYNCHRONOUS,
                "streaming",
                Optional.of("0/3000148"),
                12,
                16,
                Optional.of(AT.minusSeconds(3)),
                false,
                Optional.empty());
        return away
                ? Optional.empty()
                : Optional.of(new BackupView(
                        MEMBER,
                        7,
                        AT,
                        state.version(),
                        state.policy(),
                        state.runs(),
                        state.running().map(run -> new BackupView.Progress(run.number(), 10, 40, AT)),
                        archive,
                        Freshness.of(state, archive, AT, AT),
                        Optional.of(AT),
                        Optional.empty(),
                        Map.of("nightly", AT.plusSeconds(60))));
    }

    @Override
    public synchronized CompletionStage<PolicyReply> put(BackupPolicy policy, Precondition precondition) {
        if (!precondition.holds(true, state.version())) {
            return answer(new PolicyReply.PreconditionFailed());
        }
        state = state.apply(new BackupEvent.PolicyPut(state.version() + 1, policy, AT));
        return answer(new PolicyReply.Put(state.version()));
    }

    @Override
    public synchronized CompletionStage<RunReply> order(BackupTask task, String cause) {
        if (full) {
            return answer(new RunReply.Full(32));
        }
        long number = state.lastNumber() + 1;
        state = state.apply(new BackupEvent.Queued(number, task, cause, AT));
        if (number == 1) {
            state = state.apply(new BackupEvent.Started(1, 1, MEMBER, AT));
        }
        return answer(new RunReply.Accepted(state.run(number).orElseThrow()));
    }

    @Override
    public synchronized CompletionStage<CancelReply> cancel(long number, String reason) {
        Optional<BackupRun> run = state.run(number);
        if (run.isEmpty()) {
            return answer(CancelReply.UNKNOWN);
        }
        if (run.get().isOver()) {
            return answer(CancelReply.OVER);
        }
        state = state.apply(new BackupEvent.Cancelled(number, reason, AT));
        return answer(CancelReply.CANCELLED);
    }

    @Override
    public synchronized CompletionStage<List<BackupRun>> runs(long before, int most) {
        return answer(state.runs().stream()
                .filter(run -> run.number() < before)
                .sorted(Comparator.comparingLong(BackupRun::number).reversed())
                .limit(most)
                .toList());
    }

    @Override
    public CompletionStage<Held> held() {
        return broken.<CompletionStage<Held>>map(why ->
                        CompletableFuture.failedStage(new RepositoryTrouble(why, new IllegalStateException(why))))
                .orElseGet(() -> CompletableFuture.completedStage(new Held(
                        List.of(
                                backup(NEXT, BackupKind.INCREMENTAL, Optional.of(FULL)),
                                backup(FULL, BackupKind.FULL, Optional.empty())),
                        Map.of("20261125T021500Z-full", "its index is damaged"))));
    }

    private static HeldBackup backup(String id, BackupKind kind, Optional<String> parent) {
        return new HeldBackup(
                id,
                kind,
                parent,
                "PostgreSQL 18",
                1,
                "0/2000028",
                "0/2000120",
                AT,
                AT,
                4_000,
                1_000,
                "",
                Map.of(),
                Optional.of("the newest"));
    }

    @Override
    public CompletionStage<List<Object>> drills(int most) {
        return answer(List.<Object>of(Map.of("passed", true)));
    }

    private <T> CompletionStage<T> answer(T reply) {
        return away
                ? CompletableFuture.failedStage(new IllegalStateException("away"))
                : CompletableFuture.completedStage(reply);
    }
}
