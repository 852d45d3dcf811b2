package io.bulwark.node.start;

import akka.actor.typed.ActorSystem;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupView;
import io.bulwark.backup.Backups;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.backup.BackedUpServer;
import io.bulwark.node.backup.NoBackups;
import io.bulwark.node.backup.Repositories;
import io.bulwark.node.backup.SharedBackups;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.config.Settings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's part in backups, when a repository is configured.
 *
 * @param end of what works here
 */
record BackupPart(Backups backups, Runnable end) {
    private static final Logger LOG = LoggerFactory.getLogger(BackupPart.class);
    private static final double MILLIS = 1e3;

    /** What it is made from. */
    record Given(
            ActorSystem<?> system,
            Settings settings,
            NodeConfig config,
            MemberAddress self,
            MeterRegistry meters,
            InstantSource clock) {}

    static BackupPart start(Given given) {
        if (!BackupConfig.isSet(given.settings())) {
            return new BackupPart(new NoBackups(), () -> {});
        }
        BackupConfig config = BackupConfig.of(given.settings());
        SharedBackups backups = SharedBackups.start(
                given.system(),
                new SharedBackups.Given(
                        given.self(),
                        () -> Repositories.open(config, System.getenv(), given.clock()),
                        () -> BackedUpServer.running(config, given.config()),
                        given.config().dataDir().resolve("drills"),
                        load(given.meters()),
                        given.clock()));
        register(backups, given.meters(), given.clock());
        LOG.info("backups: in {}", given.settings().text("bulwark.backup.repository"));
        return new BackupPart(backups, backups::close);
    }

    /** Ends what works here; when the coordinator has moved, or there is no other member. */
    void close() {
        end.run();
    }

    private static DoubleSupplier load(MeterRegistry meters) {
        return () -> {
            Gauge gauge = meters.find("system.cpu.usage").gauge();
            double used = gauge == null ? 1 : gauge.value();
            return used >= 0 && used <= 1 ? used : 1;
        };
    }

    private static void register(Backups backups, MeterRegistry meters, InstantSource clock) {
        gauge(
                backups,
                meters,
                "recovery.point.seconds",
                "RPO: how much of the latest time is not in the repository",
                view -> seconds(view.freshness().recoveryPoint()));
        gauge(
                backups,
                meters,
                "recovery.time.seconds",
                "RTO: how long the last drill took until its server served",
                view -> seconds(view.freshness().recoveryTime()));
        gauge(
                backups,
                meters,
                "alarms",
                "Sentences of alarm, see GET /v1/backups/status",
                view -> view.freshness().alarms().size());
        gauge(
                backups,
                meters,
                "age.seconds",
                "Since a backup was last complete",
                view -> age(view.lastBackup(), clock));
        gauge(
                backups,
                meters,
                "archive.lag.bytes",
                "Log that the server has and the repository not",
                view -> view.archive().lagBytes());
        gauge(
                backups,
                meters,
                "archive.retained.bytes",
                "Log that the server keeps for the archiver",
                view -> view.archive().retainedBytes());
        gauge(
                backups,
                meters,
                "runs.unfinished",
                "Runs that wait or are worked on",
                view -> view.runs().stream().filter(run -> !run.isOver()).count());
        gauge(
                backups,
                meters,
                "runs.failed",
                "Failed runs among the latest",
                view -> view.runs().stream()
                        .filter(run -> run.state() == BackupRun.State.FAILED)
                        .count());
    }

    private static double seconds(Optional<Duration> duration) {
        return duration.map(it -> it.toMillis() / MILLIS).orElse(Double.NaN);
    }

    private static double age(Optional<Instant> at, InstantSource clock) {
        return seconds(at.map(it -> Duration.between(it, clock.instant())));
    }

    private static void gauge(
            Backups backups, MeterRegistry meters, String name, String what, ToDoubleFunction<BackupView> value) {
        Gauge.builder(
                        "bulwark.backup." + name,
                        backups,
                        it -> it.view().map(value::applyAsDouble).orElse(Double.NaN))
                .description(what)
                .register(meters);
    }
}
