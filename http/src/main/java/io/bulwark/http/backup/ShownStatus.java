package io.bulwark.http.backup;

import io.bulwark.backup.ArchiveView;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupView;
import io.bulwark.backup.Measured;
import io.bulwark.backup.Objectives;
import io.bulwark.cluster.MemberAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is shown of the coordinator: where it stands, what would be lost now, and what there is to be alarmed about. */
record ShownStatus(
        MemberAddress coordinator,
        Instant at,
        long policyVersion,
        boolean paused,
        Optional<Duration> recoveryPoint,
        Optional<Duration> recoveryTime,
        Objectives objectives,
        List<String> alarms,
        ArchiveView archive,
        Optional<Instant> lastBackup,
        Optional<Measured> lastDrill,
        Map<String, Instant> next,
        List<ShownRun> unfinished) {
    static ShownStatus of(BackupView view) {
        return new ShownStatus(
                view.coordinator(),
                view.at(),
                view.version(),
                view.policy().paused(),
                view.freshness().recoveryPoint(),
                view.freshness().recoveryTime(),
                view.policy().objectives(),
                view.freshness().alarms(),
                view.archive(),
                view.lastBackup(),
                view.lastDrill(),
                new TreeMap<>(view.next()),
                view.runs().stream()
                        .filter(run -> !run.isOver())
                        .map((BackupRun run) -> ShownRun.of(run, view.progress()))
                        .toList());
    }
}
