package io.bulwark.node.backup;

import akka.actor.typed.ActorRef;
import io.bulwark.backup.ArchiveMode;
import io.bulwark.backup.ArchiveView;
import io.bulwark.backup.BackupEvent;
import io.bulwark.backup.BackupKind;
import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupSchedule;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.BackupView;
import io.bulwark.backup.Backups.CancelReply;
import io.bulwark.backup.Backups.PolicyReply;
import io.bulwark.backup.Backups.RunReply;
import io.bulwark.backup.Freshness;
import io.bulwark.backup.Measured;
import io.bulwark.backup.Objectives;
import io.bulwark.backup.Retention;
import io.bulwark.backup.RunOutcome;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.grammar.Name;
import io.bulwark.node.backup.BackupCoordinator.Browsed;
import io.bulwark.node.backup.BackupCoordinator.Cancelled;
import io.bulwark.node.backup.BackupCoordinator.Command;
import io.bulwark.node.backup.BackupCoordinator.Far;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the backup coordinator is told, says and journals, for those who record it. */
public final class BackupSamples {
    /** Kinds of which there is a sample of each. */
    public static final List<Class<?>> KINDS =
            List.of(Command.class, BackupWorker.Command.class, PolicyReply.class, RunReply.class);

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final MemberAddress MEMBER = new MemberAddress("127.0.0.2", 25_520);
    private static final BackupTask TAKE = new BackupTask.Take(BackupKind.DIFFERENTIAL, "label", Map.of("keep", "yes"));

    private BackupSamples() {}

    /** All messages, by name. */
    public static Map<String, Object> all(ActorRef<Object> asker) {
        Map<String, Object> all = new TreeMap<>();
        all.put(
                "backup/heard",
                new Command.Heard(MEMBER, 0.25, asker.narrow(), Optional.of(new Far(7, 2, 1_000, 4_000))));
        all.put(
                "backup/ended-succeeded",
                new Command.Ended(
                        7,
                        2,
                        new RunOutcome.Succeeded(
                                "id", Optional.of(new Measured(AT, true, Optional.of(Duration.ofSeconds(40))))),
                        asker.narrow()));
        all.put("backup/ended-broke", new Command.Ended(7, 2, new RunOutcome.Broke("no space", true), asker.narrow()));
        all.put("backup/show", new Command.Show(asker.narrow()));
        all.put("backup/put", new Command.Put(asker.narrow(), policy(), new Precondition.Version(3)));
        all.put("backup/ask", new Command.Ask(asker.narrow(), TAKE, "asked for over HTTP"));
        all.put("backup/cancel", new Command.Cancel(asker.narrow(), 7, "a mistake"));
        all.put("backup/browse", new Command.Browse(asker.narrow(), 100, 20));
        all.put("backup/work", new BackupWorker.Command.Work(7, 2, TAKE, policy()));
        all.put("backup/work-verify", new BackupWorker.Command.Work(8, 1, new BackupTask.Verify("id"), policy()));
        all.put("backup/work-verify-all", new BackupWorker.Command.Work(9, 1, new BackupTask.VerifyAll(), policy()));
        all.put("backup/work-delete", new BackupWorker.Command.Work(10, 1, new BackupTask.Delete("id"), policy()));
        all.put("backup/work-prune", new BackupWorker.Command.Work(11, 1, new BackupTask.Prune(), policy()));
        all.put("backup/work-drill", new BackupWorker.Command.Work(12, 1, new BackupTask.Drill(), policy()));
        all.put("backup/stop", new BackupWorker.Command.Stop(7, 2));
        all.put("backup/known", new BackupWorker.Command.Known(7, 2));
        all.put("backup/cancelled", new Cancelled(CancelReply.CANCELLED));
        all.put("backup/browsed", new Browsed(List.of(run())));
        all.put("backup/policy-put", new PolicyReply.Put(4));
        all.put("backup/policy-precondition-failed", new PolicyReply.PreconditionFailed());
        all.put("backup/run-accepted", new RunReply.Accepted(run()));
        all.put("backup/run-full", new RunReply.Full(32));
        all.put("backup/view", view());
        return all;
    }

    /** All events, by name. */
    public static Map<String, BackupEvent> events() {
        return new TreeMap<>(Map.of(
                "backup-archive-taken-away", new BackupEvent.ArchiveTakenAway(3, AT),
                "backup-policy-put", new BackupEvent.PolicyPut(2, policy(), AT),
                "backup-fired", new BackupEvent.Fired("nightly", AT),
                "backup-queued", new BackupEvent.Queued(7, TAKE, "schedule nightly", AT),
                "backup-started", new BackupEvent.Started(7, 2, MEMBER, AT),
                "backup-failed", new BackupEvent.Failed(7, 2, "no space", AT, Optional.of(AT.plusSeconds(20))),
                "backup-done", new BackupEvent.Done(7, 2, "20260102T030405Z-differential", AT),
                "backup-cancelled", new BackupEvent.Cancelled(7, "a mistake", AT),
                "backup-drilled",
                        new BackupEvent.Drilled(new Measured(AT, true, Optional.of(Duration.ofSeconds(40))))));
    }

    private static BackupRun run() {
        return new BackupRun(
                7,
                TAKE,
                "schedule nightly",
                AT,
                BackupRun.State.RUNNING,
                2,
                Optional.of(MEMBER),
                Optional.of(AT),
                Optional.of(AT),
                Optional.of(AT),
                Optional.of("id"),
                Optional.of("no space"));
    }

    private static BackupView view() {
        return new BackupView(
                MEMBER,
                12,
                AT,
                3,
                policy(),
                List.of(run()),
                Optional.of(new BackupView.Progress(7, 1_000, 4_000, AT)),
                new ArchiveView(
                        ArchiveMode.SYNCHRONOUS,
                        "streaming",
                        Optional.of("0/3000148"),
                        12,
                        16,
                        Optional.of(AT),
                        true,
                        Optional.of("slow")),
                new Freshness(
                        Optional.of(Duration.ofSeconds(3)), Optional.of(Duration.ofSeconds(40)), List.of("alarm")),
                Optional.of(AT),
                Optional.of(new Measured(AT, true, Optional.of(Duration.ofSeconds(40)))),
                Map.of("nightly", AT));
    }

    private static BackupPolicy policy() {
        return new BackupPolicy(
                List.of(new BackupSchedule(
                        new Name("nightly"), BackupSchedule.Work.DIFFERENTIAL, "15 2 * * 1-6", "Europe/Berlin")),
                new Retention(1, Duration.ofDays(2), 3, 4, 5, 6, "Europe/Berlin", Duration.ofDays(7)),
                new Objectives(Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofDays(3)),
                ArchiveMode.SYNCHRONOUS,
                1_024,
                true);
    }
}
