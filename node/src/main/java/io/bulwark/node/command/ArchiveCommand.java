package io.bulwark.node.command;

import io.bulwark.node.backup.BackedUpServer;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.persistence.archive.ArchiverEnd;
import io.bulwark.persistence.archive.ArchiverSettings;
import io.bulwark.persistence.archive.ArchiverSettings.Durability;
import io.bulwark.persistence.archive.ArchiverSettings.OnGap;
import io.bulwark.persistence.archive.WalArchiver;
import io.bulwark.persistence.repository.Repository;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.concurrent.CancellationException;
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
        ArchiverSettings settings = ArchiverSettings.DEFAULT.with(durability).with(gap());
        try (BackedUpServer server = BackedUpServer.of(config, backup.bulwark().config());
                WalArchiver archiver = WalArchiver.start(
                        server.database(), repository.wal(), settings, () -> true, InstantSource.system())) {
            Thread ending = new Thread(archiver::close, "bulwark_archiver-end");
            Runtime.getRuntime().addShutdownHook(ending);
            out.println("Archiving the log of " + server.database() + ", "
                    + durability.name().toLowerCase(java.util.Locale.ROOT));
            out.flush();
            ArchiverEnd end = archiver.ended().join();
            if (end.reason() != ArchiverEnd.Reason.CLOSED) {
                throw new IllegalStateException(end.message());
            }
        } catch (CancellationException e) {
            throw new IllegalStateException("The archiver was interrupted", e);
        }
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
