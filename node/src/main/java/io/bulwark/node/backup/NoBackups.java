package io.bulwark.node.backup;

import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.BackupView;
import io.bulwark.backup.Backups;
import io.bulwark.wire.Precondition;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Of a node for which no repository is configured: whoever asks looks first whether one is. */
public final class NoBackups implements Backups {
    @Override
    public boolean configured() {
        return false;
    }

    @Override
    public Optional<BackupView> view() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<PolicyReply> put(BackupPolicy policy, Precondition precondition) {
        return none();
    }

    @Override
    public CompletionStage<RunReply> order(BackupTask task, String cause) {
        return none();
    }

    @Override
    public CompletionStage<CancelReply> cancel(long number, String reason) {
        return none();
    }

    @Override
    public CompletionStage<List<BackupRun>> runs(long before, int most) {
        return none();
    }

    @Override
    public CompletionStage<Held> held() {
        return none();
    }

    @Override
    public CompletionStage<List<Object>> drills(int most) {
        return none();
    }

    private static <T> CompletionStage<T> none() {
        return CompletableFuture.failedStage(
                new IllegalStateException("No repository is configured: set BULWARK_BACKUP_REPOSITORY"));
    }
}
