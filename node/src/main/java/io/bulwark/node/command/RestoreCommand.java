package io.bulwark.node.command;

import io.bulwark.node.config.BackupConfig;
import io.bulwark.persistence.archive.Lsn;
import io.bulwark.persistence.archive.WalAhead;
import io.bulwark.persistence.archive.WalReader;
import io.bulwark.persistence.backup.BackupChoice;
import io.bulwark.persistence.backup.PointInTime;
import io.bulwark.persistence.backup.Restore;
import io.bulwark.persistence.backup.RestorePlan;
import io.bulwark.persistence.backup.RestoreRequest;
import io.bulwark.persistence.backup.Restored;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.Repository;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark restore}: a data directory on which a server can be started. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        subcommands = RestoreTenantCommand.class,
        header = "Restores the database into an empty directory: to a backup, an instant, a position or the end.",
        description = {
            "",
            "Needs the repository and its keys, and no running node or database. Without a point it is the state in which",
            "the backup ended. With one, the log is fetched into DIR.wal, and the server replays it when it is started:",
            "",
            "  bulwark restore --to /data/pg --at 2026-11-27T03:15:00Z",
            "  bulwark restore --to ~/.bulwark/postgres/data --end       for the database that a node brings itself",
            "",
            "A restore that was killed, or broke off with --resume, goes on where it was with the same command and",
            "--resume. One that fails without it leaves nothing.",
        })
final class RestoreCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private BulwarkCommand bulwark = new BulwarkCommand();

    @Option(names = "--to", paramLabel = "DIR", description = "The data directory to be: empty, or not there yet.")
    private Optional<Path> target = Optional.empty();

    @Option(
            names = "--backup",
            paramLabel = "ID",
            description = "Which one; else the last that ended before the point.")
    private Optional<String> id = Optional.empty();

    @ArgGroup
    private Point point = new Point();

    @Option(
            names = "--tablespaces",
            paramLabel = "DIR",
            description = "Gets a directory for each tablespace; needed when there are any.")
    private Optional<Path> tablespaces = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description =
                    "A setting of the restored server; any number of times. synchronous_standby_names is empty and archive_mode off unless"
                            + " set here: the standbys of the lost server are not there.")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--resume",
            description =
                    "Goes on with a restore of the same that broke off, and keeps what is restored if this one does.")
    private boolean resume;

    @ArgGroup(exclusive = false)
    private RestoredServer.Choice start = new RestoredServer.Choice();

    @Option(
            names = "--dry-run",
            description = "Says what would be read, and how long it should take by a probe of two seconds.")
    private boolean dryRun;

    /** Up to where the log is replayed. */
    private static final class Point {
        @Option(names = "--at", paramLabel = "INSTANT", description = "Such as 2026-11-27T03:15:00Z.")
        private Optional<Instant> at = Optional.empty();

        @Option(names = "--lsn", paramLabel = "LSN", description = "A position, such as 0/3000148.")
        private Optional<String> lsn = Optional.empty();

        @Option(names = "--point", paramLabel = "NAME", description = "One made with pg_create_restore_point.")
        private Optional<String> name = Optional.empty();

        @Option(names = "--end", description = "All that was archived.")
        private boolean end;

        Optional<PointInTime> chosen() {
            return at.<PointInTime>map(PointInTime.At::new)
                    .or(() -> lsn.map(PointInTime.Lsn::parse))
                    .or(() -> name.map(PointInTime.NamedPoint::new))
                    .or(() -> end ? Optional.of(new PointInTime.End()) : Optional.empty());
        }
    }

    @Override
    public void run() {
        Path directory = target.map(path -> path.toAbsolutePath().normalize())
                .orElseThrow(() -> new ParameterException(spec.commandLine(), "Name where to restore it: --to DIR"));
        BackupCommand.on(
                spec.commandLine(),
                BackupConfig.of(bulwark.settings()),
                (repository, out) -> restore(repository, directory, out));
    }

    private void restore(Repository repository, Path directory, PrintWriter out) throws IOException {
        Optional<PointInTime> chosen = point.chosen();
        Optional<String> wanted = resume && id.isEmpty() ? Restore.unfinishedIn(directory) : id;
        Backup backup = BackupChoice.in(repository, wanted, chosen);
        Path wal = directory.resolveSibling(directory.getFileName() + ".wal");
        Map<String, String> set = new HashMap<>(Map.of("synchronous_standby_names", "", "archive_mode", "off"));
        set.putAll(settings);
        RestoreRequest request = RestoreRequest.of(backup.id(), directory).withSettings(set);
        if (tablespaces.isPresent()) {
            request = request.withTablespaces(tablespaces.get());
        }
        if (chosen.isPresent()) {
            request = request.withRecovery(chosen.get(), "cp '" + quoted(wal) + "/%f' '%p'");
        }
        if (resume) {
            request = request.resumed();
        }
        WalAhead ahead = new WalAhead(repository.wal());
        Lsn from = Lsn.parse(backup.end().startLsn());
        if (dryRun) {
            RestorePlan plan = new Restore(repository, new SecureRandom()).dryRun(request);
            new RestoreForecast(repository, directory)
                    .print(plan, chosen.isPresent() ? ahead.plan(from) : List.of(), out);
            return;
        }
        Optional<RestoredServer> server = start.prepared(backup, bulwark::config);
        AtomicInteger fetched = new AtomicInteger();
        Restored restored = restore(repository, request, () -> {
            if (chosen.isPresent()) {
                fetched.set(ahead.fetch(from, wal, _ -> {}));
            }
        });
        out.println("Restored " + backup.id() + ": " + restored.files() + " files, " + Bytes.shown(restored.bytes())
                + ", each held against the backup's manifest, in " + restored.data());
        if (chosen.isPresent()) {
            out.println("Fetched " + fetched + " files of the log into " + wal
                    + ": the server replays them when it is started; remove the folder when it has");
        }
        if (server.isPresent()) {
            server.get().start(restored.data(), out);
        }
    }

    private Restored restore(Repository repository, RestoreRequest request, Restore.LastStep last) throws IOException {
        try (ProgressLine progress = ProgressLine.on(spec, "restore")) {
            Restored restored = new Restore(repository, new SecureRandom()).restore(request, progress, last);
            progress.done();
            return restored;
        } catch (IOException failure) {
            if (Restore.unfinishedIn(request.target()).isEmpty()
                    || String.valueOf(failure.getMessage()).contains("--resume")) {
                throw failure;
            }
            throw new IOException(
                    failure.getMessage() + " (what was restored is kept: go on with the same command and --resume)",
                    failure);
        }
    }

    /** In a setting of PostgreSQL and in a shell, both of which end it at a quote. */
    private String quoted(Path path) {
        if (path.toString().contains("'") || path.toString().contains("%")) {
            throw new ParameterException(
                    spec.commandLine(), "--to: '" + path + "' has a ' or a % in it: expected a path without");
        }
        return path.toString();
    }

    BulwarkCommand bulwark() {
        return bulwark;
    }

    @Command(
            name = "wal",
            mixinStandardHelpOptions = true,
            header = "Writes one file of the log, for a restore_command; ends with 1 when there is none.",
            description = {"", "restore_command = 'bulwark restore wal %f %p'"})
    void wal(
            @Parameters(paramLabel = "NAME", description = "%f") String name,
            @Parameters(paramLabel = "PATH", description = "%p") Path path) {
        BackupCommand.on(spec.commandLine(), BackupConfig.of(bulwark.settings()), (repository, _) -> {
            if (!new WalReader(repository.wal()).fetch(name, path)) {
                throw new IllegalArgumentException("The archive has no " + name);
            }
        });
    }
}
