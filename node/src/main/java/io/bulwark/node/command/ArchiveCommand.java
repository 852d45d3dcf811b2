package io.bulwark.node.command;

import io.bulwark.node.backup.BackedUpServer;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.persistence.archive.ArchiverEnd;
import io.bulwark.persistence.archive.ArchiverSettings;
import io.bulwark.persistence.archive.ArchiverSettings.Durability;
import io.bulwark.persistence.archive.ArchiverSettings.OnGap;
import io.bulwark.persistence.archive.WalArchiver;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgresException;
import io.bulwark.persistence.repository.Repository;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark backup archive}: the write-ahead log, as it is written. */
@Command(
        name = "archive",
        mixinStandardHelpOptions = true,
        header = "Archives the write-ahead log until it is ended (SIGTERM).",
        description = {
            "",
            "One at a time for each database: whoever starts sends the other away. The server keeps its log until it is",
            "archived, by the replication slot bulwark_archiver; bound that with the server's max_slot_wal_keep_size.",
            "",
            "With --durability synchronous and synchronous_standby_names = 'bulwark_archiver' at the server, a commit is",
            "acknowledged when the repository has it: nothing that was acknowledged is lost with the server. While no",
            "archiver runs, commits wait then."
        })
final class ArchiveCommand implements Runnable {
    /** Whether the server is somewhere else now. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    private final AtomicReference<Optional<WalArchiver>> current = new AtomicReference<>(Optional.empty());

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private BackupCommand backup = new BackupCommand();

    @Option(
            names = "--durability",
            defaultValue = "asynchronous",
            paramLabel = "MODE",
            description = "asynchronous: whole segments; synchronous: every byte, as it comes (${DEFAULT-VALUE}).")
    private Durability durability = Durability.ASYNCHRONOUS;

    @Option(
            names = "--on-gap",
            defaultValue = "stop",
            paramLabel = "WHAT",
            description =
                    "When the server has dropped log that is not archived: stop, or begin-anew (${DEFAULT-VALUE}).")
    private String onGap = "stop";

    @Override
    public void run() {
        BackupConfig config = BackupConfig.of(backup.bulwark().settings());
        BackupCommand.on(spec.commandLine(), config, (repository, out) -> archive(config, repository, out));
    }

    private void archive(BackupConfig config, Repository repository, PrintWriter out) {
        NodeConfig node = backup.bulwark().config();
        ArchiverSettings settings = ArchiverSettings.DEFAULT.with(durability).with(gap());
        Optional<Database> next = BackedUpServer.running(config, node);
        if (next.isEmpty()) {
            throw new IllegalStateException("No server runs in " + node.dataDir()
                    + ": start the node that brings it first, or name another with BULWARK_BACKUP_DATABASE_URL");
        }
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> current.get().ifPresent(WalArchiver::close), "bulwark-archiver-end"));
        while (next.isPresent()) {
            Database server = next.get();
            out.println(
                    "Archiving the log of " + server + ", " + durability.name().toLowerCase(Locale.ROOT));
            out.flush();
            next = follow(server, repository, settings, () -> BackedUpServer.running(config, node));
        }
    }

    /** Returns where the server is now, when a node has started it anew at another port; nowhere once the archiver is ended. */
    private Optional<Database> follow(
            Database server, Repository repository, ArchiverSettings settings, Supplier<Optional<Database>> running) {
        try (WalArchiver archiver =
                WalArchiver.start(server, repository.wal(), settings, () -> true, InstantSource.system())) {
            current.set(Optional.of(archiver));
            CompletableFuture<ArchiverEnd> ended = archiver.ended();
            while (true) {
                Optional<Database> now = told(running).filter(at -> !at.equals(server));
                if (now.isPresent()) {
                    return now;
                }
                Optional<ArchiverEnd> end = endWithin(ended, LOOK_EVERY);
                if (end.isPresent()) {
                    return ended(end.get());
                }
            }
        }
    }

    /** Empty also while the server's files cannot be read, because it starts or is being taken away. */
    private static Optional<Database> told(Supplier<Optional<Database>> running) {
        try {
            return running.get();
        } catch (EmbeddedPostgresException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<ArchiverEnd> endWithin(CompletableFuture<ArchiverEnd> ended, Duration time) {
        try {
            return Optional.of(ended.get(time.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The archiver was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The archiver has failed", e);
        }
    }

    private static Optional<Database> ended(ArchiverEnd end) {
        if (end.reason() != ArchiverEnd.Reason.CLOSED) {
            throw new IllegalStateException(end.message());
        }
        return Optional.empty();
    }

    private OnGap gap() {
        return switch (onGap) {
            case "stop" -> OnGap.STOP;
            case "begin-anew" -> OnGap.BEGIN_ANEW;
            default ->
                throw new picocli.CommandLine.ParameterException(
                        spec.commandLine(), "--on-gap is '" + onGap + "': expected stop or begin-anew");
        };
    }
}
