package io.bulwark.node.command;

import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.database.OpenDatabase;
import io.bulwark.persistence.schema.Applied;
import io.bulwark.persistence.schema.Migrations;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark migrate}: the schema, there and back. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        header = "Brings the database's schema up, takes it down, or says where it stands.",
        description = {
            "",
            "Works on the configured database, or on the embedded one while no node runs on it.",
            "Each script is recorded with its SHA-256; one that was edited or is missing is refused by name."
        })
final class MigrateCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private BulwarkCommand bulwark = new BulwarkCommand();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what to do: up, down or status.");
    }

    @Command(mixinStandardHelpOptions = true, header = "Applies every script that is not applied yet.")
    void up() {
        on((migrations, out) -> {
            List<String> applied = migrations.up();
            out.println(applied.isEmpty() ? "Nothing to apply: the schema is up to date." : "Applied " + applied);
        });
    }

    @Command(
            mixinStandardHelpOptions = true,
            header = "Takes scripts back, newest first. What their tables held is lost.")
    void down(
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "VERSION",
                            description = "The version that stays; 0 takes everything back.")
                    int to) {
        on((migrations, out) -> {
            List<String> taken = migrations.down(to);
            out.println(taken.isEmpty() ? "Nothing to take back." : "Took back " + taken);
        });
    }

    @Command(mixinStandardHelpOptions = true, header = "Lists what is applied, when, and what is not.")
    void status() {
        on((migrations, out) -> {
            Migrations.Status status = migrations.status();
            for (Applied applied : status.applied()) {
                out.println("applied  " + applied.file() + "  " + applied.appliedAt());
            }
            status.pending().forEach(pending -> out.println("pending  " + pending));
        });
    }

    private void on(BiConsumer<Migrations, PrintWriter> work) {
        NodeConfig config = bulwark.config();
        try (OpenDatabase database = OpenDatabase.open(config)) {
            PrintWriter out = spec.commandLine().getOut();
            work.accept(new Migrations(database.pool()), out);
            out.flush();
        }
    }
}
