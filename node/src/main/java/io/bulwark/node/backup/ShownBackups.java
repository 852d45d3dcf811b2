package io.bulwark.node.backup;

import io.bulwark.backup.ArchiveView;
import io.bulwark.backup.BackupKind;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupSchedule;
import io.bulwark.backup.BackupState;
import io.bulwark.backup.BackupView;
import io.bulwark.backup.Freshness;
import io.bulwark.backup.HeldBackup;
import io.bulwark.backup.Retention;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.retention.Pruning;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is shown of the coordinator's state and of the repository. */
final class ShownBackups {
    private ShownBackups() {}

    /** @param from when the coordinator began */
    static BackupView view(
            MemberAddress self,
            long journal,
            Instant from,
            Instant now,
            BackupState state,
            Optional<BackupView.Progress> progress,
            ArchiveView archive) {
        return new BackupView(
                self,
                journal,
                now,
                state.version(),
                state.policy(),
                runs(state.runs()),
                progress,
                archive,
                Freshness.of(state, archive, from, now),
                state.lastBackup(),
                state.lastDrill(),
                next(state, now));
    }

    private static List<BackupRun> runs(List<BackupRun> all) {
        List<BackupRun> over = all.stream().filter(BackupRun::isOver).toList();
        List<BackupRun> latest =
                new ArrayList<>(over.subList(Math.max(0, over.size() - BackupView.RUNS_MAX), over.size()));
        all.stream().filter(run -> !run.isOver()).forEach(latest::add);
        return latest;
    }

    private static Map<String, Instant> next(BackupState state, Instant now) {
        Map<String, Instant> next = new HashMap<>();
        if (!state.policy().paused()) {
            for (BackupSchedule schedule : state.policy().schedules()) {
                schedule.next(now).ifPresent(time -> next.put(schedule.name().value(), time));
            }
        }
        return next;
    }

    /** The newest first. */
    static List<HeldBackup> held(List<Backup> backups, Retention retention, Instant now) {
        Map<String, String> kept = Pruning.kept(backups, retention, now);
        return backups.reversed().stream()
                .map(backup -> held(backup, Optional.ofNullable(kept.get(backup.id()))))
                .toList();
    }

    private static HeldBackup held(Backup backup, Optional<String> keptBecause) {
        return new HeldBackup(
                backup.id(),
                switch (backup.start().kind()) {
                    case FULL -> BackupKind.FULL;
                    case INCREMENTAL -> BackupKind.INCREMENTAL;
                    case DIFFERENTIAL -> BackupKind.DIFFERENTIAL;
                },
                backup.start().parent(),
                "PostgreSQL " + backup.start().serverVersionNum() / 10_000,
                backup.start().timeline(),
                backup.end().startLsn(),
                backup.end().endLsn(),
                backup.end().startedAt(),
                backup.end().endedAt(),
                backup.parts().stream().mapToLong(Backup.Part::plainBytes).sum(),
                backup.parts().stream().mapToLong(Backup.Part::storedBytes).sum(),
                backup.start().label(),
                backup.start().tags(),
                keptBecause);
    }
}
