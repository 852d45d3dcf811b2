package io.bulwark.node.command;

import io.bulwark.grammar.Name;
import io.bulwark.node.backup.BackedUpServer;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.persistence.repository.Erasure;
import io.bulwark.persistence.repository.ErasureList;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.tenantrestore.Erasures;
import io.bulwark.persistence.tenantrestore.RegisteredTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark erase}: what was deleted for good, and must not come back with a restore. */
@Command(
        name = "erase",
        mixinStandardHelpOptions = true,
        header = "Keeps the list of what was deleted for good, so that no restore brings it back.",
        description = {
            "",
            "Delete it in the database as you do; then put it on the list, which stands in the backup repository. Restores",
            "of a tenant erase it again by themselves. After a restore of the whole database, start the server and run",
            "`apply` before any node. A key, or the name of a tenant, that is on the list is never to be given out again.",
            "",
            "  bulwark erase add acme --table app.customer --column id --value 4711 --reason 'ticket 12'",
            "  bulwark erase add acme --reason 'contract ended'        all that there is of the tenant",
        })
final class EraseCommand implements Runnable {
    private static final RegisteredTable OPERATIONS = RegisteredTable.parse("public.operation:tenant");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private BulwarkCommand bulwark = new BulwarkCommand();

    /** Which rows. */
    static final class Rows {
        @Option(
                names = "--table",
                required = true,
                paramLabel = "SCHEMA.TABLE",
                description = "One that bulwark.backup.tenant-tables names, or public.operation.")
        private String table = "";

        @Option(names = "--column", required = true, paramLabel = "NAME", description = "By which they are found.")
        private String column = "";

        @Option(
                names = "--value",
                required = true,
                paramLabel = "TEXT",
                description = "What it holds, as PostgreSQL writes it; any number of times.")
        private List<String> values = List.of();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what to do: add, list or apply.");
    }

    @Command(mixinStandardHelpOptions = true, header = "Puts rows, or a whole tenant, on the list, for good.")
    void add(
            @Parameters(paramLabel = "TENANT", description = "Whose they were.") String tenant,
            @ArgGroup(exclusive = false) Rows rows,
            @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "For people.")
                    String reason) {
        BackupConfig config = BackupConfig.of(bulwark.settings());
        Erasure erasure = new Erasure(
                new Name(tenant),
                Optional.ofNullable(rows).map(which -> rows(config, which)),
                reason,
                InstantSource.system().instant());
        BackupCommand.on(
                spec.commandLine(),
                config,
                (repository, out) -> out.println(line(repository.erasures().add(erasure))));
    }

    private Erasure.Rows rows(BackupConfig config, Rows rows) {
        RegisteredTable table = Stream.concat(config.tenantTables().stream(), Stream.of(OPERATIONS))
                .filter(each -> rows.table.equals(each.schema() + "." + each.table()))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "--table: '" + rows.table + "' is not one of bulwark.backup.tenant-tables, "
                                + config.tenantTables() + ": register it first, or name public.operation"));
        return new Erasure.Rows(table.schema(), table.table(), table.column(), rows.column, rows.values);
    }

    @Command(mixinStandardHelpOptions = true, header = "Shows the list, in the order in which it was made.")
    void list() {
        BackupCommand.on(spec.commandLine(), BackupConfig.of(bulwark.settings()), (repository, out) -> {
            List<ErasureList.Entry> entries = repository.erasures().entries();
            entries.forEach(entry -> out.println(line(entry)));
            if (entries.isEmpty()) {
                out.println("Nothing is on the list.");
            }
        });
    }

    @Command(
            mixinStandardHelpOptions = true,
            header = "Erases what is on the list from the nodes' database, after it was restored as a whole.")
    void apply() {
        BackupConfig config = BackupConfig.of(bulwark.settings());
        BackupCommand.on(spec.commandLine(), config, (repository, out) -> apply(config, repository, out));
    }

    private void apply(BackupConfig config, Repository repository, PrintWriter out) throws IOException {
        try (BackedUpServer server = BackedUpServer.of(config.withoutSource(), bulwark.config())) {
            List<Erasures.Applied> applied = Erasures.apply(
                    server.database(),
                    config.tenantTables(),
                    repository.erasures().erasures());
            applied.forEach(each -> out.println(each.rows() + " rows: " + shown(each.erasure())));
            out.println("All " + applied.size() + " on the list are erased");
        }
    }

    private static String line(ErasureList.Entry entry) {
        return entry.number() + "  " + entry.erasure().at() + "  " + shown(entry.erasure()) + "  \""
                + entry.erasure().reason() + "\"";
    }

    private static String shown(Erasure erasure) {
        return erasure.tenant() + ": "
                + erasure.rows().map(Erasure.Rows::toString).orElse("all that there is of it");
    }
}
