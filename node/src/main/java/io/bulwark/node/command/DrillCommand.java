package io.bulwark.node.command;

import io.bulwark.node.backup.RestoredCredentials;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.drill.Drill;
import io.bulwark.persistence.drill.DrillReport;
import io.bulwark.persistence.drill.DrillRequest;
import io.bulwark.persistence.drill.DrillRequest.When;
import io.bulwark.persistence.drill.Drills;
import io.bulwark.persistence.drill.Finding;
import io.bulwark.persistence.repository.Reports;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.scratch.Programs;
import io.bulwark.persistence.scratch.ScratchSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark drill}: a restore that proves that it works. */
@Command(
        name = "drill",
        mixinStandardHelpOptions = true,
        header = "Restores to a scratch server, checks what is there, times it, and throws it away.",
        description = {
            "",
            "Without a point to a random instant between the last backup and the end of the archive. What was found and",
            "measured is kept in the repository: `bulwark drill list`. Ends with 1 when a check failed.",
            "",
            "The restored server has the users of the one that was backed up. Where their passwords are lost with it, none",
            "can be asked: keep a copy of the node's postgres/password, and give it with --user bulwark --password-file.",
        })
final class DrillCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private BulwarkCommand bulwark = new BulwarkCommand();

    @ArgGroup
    private Point point = new Point();

    @Option(
            names = "--in",
            paramLabel = "DIR",
            description = "Where the scratch server gets a folder for itself; else drills in the data directory.")
    private Optional<Path> folder = Optional.empty();

    @Option(names = "--keep", description = "Leaves the restored data there.")
    private boolean keep;

    @Option(
            names = "--programs",
            paramLabel = "BIN",
            description = "A folder with PostgreSQL's programs, for other versions than the one that is brought along.")
    private Optional<Path> programs = Optional.empty();

    @Option(names = "--user", paramLabel = "NAME", description = "As whom the restored server is asked.")
    private Optional<String> user = Optional.empty();

    @Option(names = "--password-file", paramLabel = "FILE", description = "With that user's password.")
    private Optional<Path> passwordFile = Optional.empty();

    /** Up to where the log is replayed. */
    private static final class Point {
        @Option(names = "--at", paramLabel = "INSTANT", description = "Such as 2026-11-27T03:15:00Z.")
        private Optional<Instant> at = Optional.empty();

        @Option(names = "--end", description = "All that was archived.")
        private boolean end;

        @Option(names = "--random", description = "A random instant; so it is without a point.")
        private boolean random;

        When chosen() {
            return at.<When>map(When.At::new).orElseGet(() -> end && !random ? new When.End() : new When.Random());
        }
    }

    @Override
    public void run() {
        if (user.isPresent() != passwordFile.isPresent()) {
            throw new ParameterException(spec.commandLine(), "Give both or neither: --user and --password-file");
        }
        BackupConfig backup = BackupConfig.of(bulwark.settings());
        BackupCommand.on(spec.commandLine(), backup, (repository, out) -> drill(backup, repository, out));
    }

    private void drill(BackupConfig backup, Repository repository, PrintWriter out) throws IOException {
        NodeConfig config = bulwark.config();
        Path in = folder.orElseGet(() -> config.dataDir().resolve("drills"))
                .toAbsolutePath()
                .normalize();
        Database credentials = user.isPresent() && passwordFile.isPresent()
                ? RestoredCredentials.given(backup, config, user.get(), passwordFile.get())
                : RestoredCredentials.of(backup, config);
        ScratchSettings settings = ScratchSettings.with(in.resolve("programs"));
        if (programs.isPresent()) {
            settings = settings.withPrograms(new Programs.Installed(programs.get()));
        }
        DrillRequest request = DrillRequest.of(point.chosen(), in, credentials, keep ? settings.keeping() : settings);
        DrillReport report;
        try (ProgressLine progress = ProgressLine.on(spec, "restore")) {
            report = new Drill(repository, new SecureRandom(), InstantSource.system()).run(request, progress::moved);
        }
        new Drills(repository).keep(report);
        print(report, out);
        out.flush();
        if (!report.passed()) {
            throw new IllegalStateException("The drill " + report.id() + " failed: "
                    + report.findings().stream()
                            .filter(finding -> finding.outcome() == Finding.Outcome.FAILED)
                            .findFirst()
                            .map(Finding::what)
                            .orElse(""));
        }
    }

    private static void print(DrillReport report, PrintWriter out) {
        out.println("backup       " + report.backupId().orElse("none")
                + report.point().map(at -> ", to " + at).orElse(", to its end"));
        report.phases()
                .forEach(timed -> out.printf(
                        Locale.ROOT, "%-12s %s%n", timed.phase().name().toLowerCase(Locale.ROOT), shown(timed.took())));
        report.findings()
                .forEach(finding -> out.printf(
                        Locale.ROOT, "%-12s %-9s %s%n", outcome(finding.outcome()), finding.check(), finding.what()));
        out.println(summary(report));
    }

    private static String outcome(Finding.Outcome outcome) {
        return switch (outcome) {
            case OK -> "ok";
            case FAILED -> "FAILED";
            case NOT_POSSIBLE -> "not possible";
        };
    }

    private static String summary(DrillReport report) {
        return report.id() + "  " + (report.passed() ? "passed" : "FAILED")
                + report.recoveryTime()
                        .map(took -> ", RTO " + shown(took) + " for " + Bytes.shown(report.bytes()) + " and "
                                + report.walFiles() + " files of the log")
                        .orElse("")
                + report.recoveryPoint().map(lag -> ", RPO " + shown(lag)).orElse("");
    }

    private static String shown(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    @Command(name = "list", mixinStandardHelpOptions = true, header = "Lists the last drills, the newest first.")
    void list(
            @Option(
                            names = "--limit",
                            defaultValue = "20",
                            paramLabel = "N",
                            description = "How many, at most 1000 (${DEFAULT-VALUE}).")
                    int limit) {
        if (limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit is " + limit + ": expected 1 to 1000");
        }
        BackupCommand.on(spec.commandLine(), BackupConfig.of(bulwark.settings()), (repository, out) -> {
            Reports.Listing<DrillReport> drills = new Drills(repository).list(limit);
            drills.reports()
                    .forEach(report -> out.println(summary(report)
                            + ", " + report.backupId().orElse("no backup")
                            + report.point().map(at -> " to " + at).orElse(" to the end")));
            drills.unreadable().forEach((id, why) -> out.println(id + "  unreadable: " + why.getMessage()));
            if (drills.reports().isEmpty() && drills.unreadable().isEmpty()) {
                out.println("There was no drill yet: do one with `bulwark drill`.");
            }
        });
    }
}
