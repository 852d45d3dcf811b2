package io.bulwark.node.command;

import io.bulwark.node.backup.BackedUpServer;
import io.bulwark.node.backup.Repositories;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.persistence.backup.BackupRequest;
import io.bulwark.persistence.backup.BaseBackup;
import io.bulwark.persistence.backup.TakenBackup;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.Repository;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark backup}: physical backups of the database, and what is in their repository. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        subcommands = ArchiveCommand.class,
        header = "Takes, lists and deletes backups of the database, and archives its write-ahead log.",
        description = {
            "",
            "Needs BULWARK_BACKUP_REPOSITORY, where backups are kept, and BULWARK_BACKUP_KEY_FILE, what they are",
            "encrypted with. Works on the repository and the database alone; whether nodes run is no matter.",
            "",
            "  bulwark backup key >> keys && chmod 600 keys      a key; keep a copy of it elsewhere",
            "  bulwark backup take                                a full backup",
            "  bulwark backup take --kind incremental             what changed since the last one",
            "  bulwark backup archive                             the write-ahead log, until it is ended",
        })
final class BackupCommand implements Runnable {
    /** What a server that makes a checkpoint may take to answer. */
    private static final Duration ANSWER_WITHIN = Duration.ofMinutes(10);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private BulwarkCommand bulwark = new BulwarkCommand();

    /** What is done with a repository. */
    interface Work {
        void on(Repository repository, PrintWriter out) throws IOException;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Name what to do: take, list, delete, sweep, key, rewrap or archive.");
    }

    @Command(mixinStandardHelpOptions = true, header = "Takes a backup and prints its id.")
    void take(
            @Option(
                            names = "--kind",
                            defaultValue = "full",
                            paramLabel = "KIND",
                            description =
                                    "full; incremental: since the last one; differential: since the last full one"
                                            + " (${DEFAULT-VALUE}). A full one is taken where the server cannot tell what changed.")
                    BackupStart.Kind kind,
            @Option(names = "--label", defaultValue = "", paramLabel = "TEXT", description = "For people.")
                    String label,
            @Option(names = "--tag", paramLabel = "NAME=VALUE", description = "Kept with it; any number of times.")
                    Map<String, String> tags,
            @Option(
                            names = "--without-wal",
                            description = "Leaves the log out that a restore needs: only where it is archived.")
                    boolean withoutWal,
            @Option(
                            names = "--rate-max",
                            defaultValue = "0",
                            paramLabel = "KIB",
                            description =
                                    "The most KiB a second that the server sends, from 32; 0: as fast as it goes.")
                    int rateMax,
            @Option(
                            names = "--spread",
                            description =
                                    "Lets the server spread its checkpoint over minutes, instead of making it at once.")
                    boolean spread) {
        BackupRequest request = new BackupRequest(
                kind,
                label,
                tags == null ? Map.of() : tags,
                !withoutWal,
                rateMax == 0 ? OptionalInt.empty() : OptionalInt.of(rateMax),
                spread ? BackupRequest.Checkpoint.SPREAD : BackupRequest.Checkpoint.FAST,
                ANSWER_WITHIN);
        BackupConfig config = BackupConfig.of(bulwark.settings());
        on(config, (repository, out) -> {
            try (BackedUpServer server = BackedUpServer.of(config, bulwark.config());
                    ProgressLine progress = ProgressLine.on(spec, "backup")) {
                TakenBackup taken =
                        new BaseBackup(server.database(), repository, InstantSource.system()).take(request, progress);
                progress.done();
                taken.forcedFull().ifPresent(why -> spec.commandLine().getErr().println("A full one: " + why));
                out.println(taken.backup().id());
            }
        });
    }

    @Command(mixinStandardHelpOptions = true, header = "Lists the backups, the oldest first.")
    void list() {
        on((repository, out) -> {
            Repository.Listing listing = repository.listing();
            listing.backups().forEach(backup -> out.println(line(backup)));
            listing.unreadable().forEach((id, why) -> out.println(id + "  unreadable: " + why.getMessage()));
            if (listing.backups().isEmpty() && listing.unreadable().isEmpty()) {
                out.println("There is no backup yet: take one with `bulwark backup take`.");
            }
        });
    }

    private static String line(Backup backup) {
        long plain = backup.parts().stream().mapToLong(Backup.Part::plainBytes).sum();
        long stored =
                backup.parts().stream().mapToLong(Backup.Part::storedBytes).sum();
        return backup.id() + "  " + backup.end().endedAt() + "  PostgreSQL "
                + backup.start().serverVersionNum() / 10_000 + ", timeline "
                + backup.start().timeline() + ", "
                + backup.end().startLsn() + " to " + backup.end().endLsn() + ", " + Bytes.shown(plain) + ", stored "
                + Bytes.shown(stored)
                + backup.start().parent().map(parent -> ", on " + parent).orElse("")
                + (backup.start().label().isEmpty()
                        ? ""
                        : ", \"" + backup.start().label() + "\"");
    }

    @Command(mixinStandardHelpOptions = true, header = "Deletes a backup; refuses while another one builds on it.")
    void delete(@Parameters(paramLabel = "ID", description = "As `list` shows it.") String id) {
        on((repository, out) -> {
            Optional<Backup> backup = repository.backup(id);
            if (backup.isEmpty()) {
                throw new IllegalArgumentException(
                        "There is no backup '" + id + "': `bulwark backup list` shows those that are there");
            }
            repository.delete(backup.get());
            out.println("Deleted " + id);
        });
    }

    @Command(
            mixinStandardHelpOptions = true,
            header = "Removes what is left of backups that were begun and never completed.")
    void sweep(
            @Option(
                            names = "--older-than",
                            defaultValue = "P1D",
                            paramLabel = "DURATION",
                            description = "Since they were begun (${DEFAULT-VALUE}).")
                    Duration age) {
        on((repository, out) -> {
            List<String> swept = repository.sweep(age);
            out.println(swept.isEmpty() ? "Nothing is left over." : "Removed " + swept);
        });
    }

    @Command(
            mixinStandardHelpOptions = true,
            header = "Prints a line with a new key, and nothing else.",
            description = {
                "",
                "Put it first into the key file: new backups are encrypted with it, and the other lines are still needed",
                "to read older ones, until `rewrap` has wrapped their keys anew. Without the file nothing can be restored."
            })
    void key(
            @Option(names = "--id", defaultValue = "", paramLabel = "ID", description = "Its name (the day).")
                    String id) {
        String named = id.isEmpty()
                ? "key-" + InstantSource.system().instant().toString().substring(0, 10)
                : id;
        spec.commandLine().getOut().println(KeyRing.newLine(named));
        spec.commandLine().getOut().flush();
    }

    @Command(
            mixinStandardHelpOptions = true,
            header = "Wraps all data keys with the newest key; no backup is rewritten.")
    void rewrap() {
        on((repository, out) -> out.println("Wrapped " + repository.rewrap() + " data keys with the newest key"));
    }

    BulwarkCommand bulwark() {
        return bulwark;
    }

    private void on(Work work) {
        on(BackupConfig.of(bulwark.settings()), work);
    }

    private void on(BackupConfig config, Work work) {
        on(spec.commandLine(), config, work);
    }

    static void on(CommandLine line, BackupConfig config, Work work) {
        PrintWriter out = line.getOut();
        try (Repository repository = Repositories.open(config, System.getenv(), InstantSource.system())) {
            work.on(repository, out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        }
    }
}
