package io.bulwark.node.command;

import io.bulwark.node.config.BackupConfig;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.Verified;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark verify}: reads backups to their last byte. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        header = "Reads backups to the last byte: that every object is there, whole, and what was written.",
        description = {"", "Says what is missing or damaged, and ends with 1 then. Restores nothing."})
final class VerifyCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private BulwarkCommand bulwark = new BulwarkCommand();

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Backups; none: all of them.")
    private List<String> ids = List.of();

    @Override
    public void run() {
        BackupCommand.on(spec.commandLine(), BackupConfig.of(bulwark.settings()), this::verify);
    }

    private void verify(Repository repository, PrintWriter out) throws IOException {
        List<String> bad = new ArrayList<>();
        for (Backup backup : wanted(repository)) {
            Verified verified = repository.verify(backup);
            out.println(backup.id() + "  "
                    + (verified.intact() ? "intact" : "NOT INTACT") + ", " + Bytes.shown(verified.storedBytes())
                    + " read, " + Bytes.shown(verified.plainBytes()) + " in them");
            verified.problems().forEach(problem -> out.println("  " + problem.kind() + ": " + problem.what()));
            out.flush();
            if (!verified.intact()) {
                bad.add(backup.id());
            }
        }
        if (!bad.isEmpty()) {
            throw new IllegalStateException(
                    "Not intact: " + String.join(", ", bad) + ": take a full backup now, and look at the store");
        }
    }

    private List<Backup> wanted(Repository repository) throws IOException {
        if (ids.isEmpty()) {
            return repository.backups();
        }
        List<Backup> wanted = new ArrayList<>();
        for (String id : ids) {
            Optional<Backup> backup = repository.backup(id);
            wanted.add(backup.orElseThrow(() -> new IllegalArgumentException(
                    "There is no backup '" + id + "': `bulwark backup list` shows those that are there")));
        }
        return wanted;
    }
}
