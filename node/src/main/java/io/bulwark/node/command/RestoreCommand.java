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

    @Option(names = "--dry-run", description = "Says what would be read, and writes nothing.")
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
        Backup backup = BackupChoice.of(repository.listing().backups(), id, chosen);
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
        Restore restore = new Restore(repository, new SecureRandom());
        WalAhead ahead = new WalAhead(repository.wal());
        Lsn from = Lsn.parse(backup.end().startLsn());
        if (dryRun) {
            plan(restore.dryRun(request), out);
            if (chosen.isPresent()) {
                List<String> files = ahead.needed(from);
                out.println(
                        "log: " + files.size() + " files" + (files.isEmpty() ? "" : ", the last " + files.getLast()));
            }
            return;
        }
        try (ProgressLine progress = ProgressLine.on(spec, "restore")) {
            Restored restored = restore.restore(request, progress);
            progress.done();
            out.println("Restored " + backup.id() + ": " + restored.files() + " files, " + Bytes.shown(restored.bytes())
                    + ", each held against the backup's manifest, in " + restored.data());
        }
        if (chosen.isPresent()) {
            int files = ahead.fetch(from, wal, _ -> {});
            out.println("Fetched " + files + " files of the log into " + wal
                    + ": the server replays them when it is started; remove the folder when it has");
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

    private static void plan(RestorePlan plan, PrintWriter out) {
        plan.reads()
                .forEach(read -> out.println(read.backupId() + "  " + read.part() + "  "
                        + Bytes.shown(read.storedBytes()) + " stored, " + Bytes.shown(read.plainBytes())));
        out.println("together: " + Bytes.shown(plan.storedBytes()) + " to read, " + Bytes.shown(plan.plainBytes())
                + " to write at most");
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
