package io.bulwark.node.command;

import io.bulwark.grammar.Name;
import io.bulwark.node.backup.BackedUpServer;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.restore.Pasts;
import io.bulwark.node.restore.RepositoryPasts;
import io.bulwark.persistence.cluster.MemberRoster;
import io.bulwark.persistence.cluster.RecordedMember;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.repository.Erasure;
import io.bulwark.persistence.tenant.PostgresTenantDirectory;
import io.bulwark.persistence.tenantrestore.Erasures;
import io.bulwark.persistence.tenantrestore.TenantRestore;
import io.bulwark.restore.Difference;
import io.bulwark.restore.Exchanged;
import io.bulwark.tenant.TenantStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark restore tenant}: one tenant of the nodes' database, whether nodes run or not. */
@Command(
        name = "tenant",
        mixinStandardHelpOptions = true,
        header = "Puts one tenant back to an instant, and leaves all others as they are.",
        description = {
            "",
            "Restores the database to a server of its own, and copies the tenant's rows from there: its policy, circuits and",
            "operations, and those in the tables that bulwark.backup.tenant-tables names. All of it happens in one",
            "transaction, which is committed when the tenant's rows are those of the instant and no others were changed.",
            "",
            "While nodes run, the tenant must be quarantined; POST /v1/restores does all of it.",
            "",
            "  bulwark restore tenant acme --at 2026-11-27T03:15:00Z --dry-run       what would change",
        })
final class RestoreTenantCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private RestoreCommand restore = new RestoreCommand();

    @Parameters(paramLabel = "TENANT", description = "Its name.")
    private String name = "";

    @Option(names = "--at", required = true, paramLabel = "INSTANT", description = "Such as 2026-11-27T03:15:00Z.")
    private Instant at = Instant.EPOCH;

    @Option(names = "--dry-run", description = "Shows what would change, and changes nothing.")
    private boolean dryRun;

    @Option(
            names = "--keys",
            defaultValue = "3",
            paramLabel = "N",
            description = "How many keys are shown of the rows that are added, removed or changed (${DEFAULT-VALUE}).")
    private int keys = 3;

    @Override
    public void run() {
        Name tenant = new Name(name);
        NodeConfig config = restore.bulwark().config();
        BackupConfig ofNodes = BackupConfig.of(restore.bulwark().settings()).withoutSource();
        try (BackedUpServer server = BackedUpServer.of(ofNodes, config)) {
            boolean nodesRun = !dryRun && checkQuarantined(server.database(), tenant);
            restore(server.database(), config, tenant);
            if (nodesRun) {
                say("Nodes run: a guard that is awake goes by it at the next PUT of the tenant's policy, which may be"
                        + " answered with 503 once, or when it has slept");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Whether nodes run. */
    private static boolean checkQuarantined(Database database, Name tenant) {
        try (var pool = database.pool("restore-tenant", 2)) {
            List<RecordedMember> running = new MemberRoster(pool).runningIfKnown();
            boolean quarantined = running.isEmpty()
                    || new PostgresTenantDirectory(pool)
                            .find(tenant)
                            .toCompletableFuture()
                            .join()
                            .filter(known -> known.policy().status() == TenantStatus.QUARANTINED)
                            .isPresent();
            if (!quarantined) {
                throw new IllegalStateException("Nodes run (one is "
                        + running.getFirst().address() + "), and the tenant "
                        + tenant + " is not quarantined: let a node do all of it, POST /v1/restores, or quarantine it"
                        + " first, PUT /v1/tenants/" + tenant + " with \"status\":\"quarantined\"");
            }
            return !running.isEmpty();
        } catch (SQLException e) {
            throw new IllegalStateException("The database cannot say who works on it: " + e.getMessage(), e);
        }
    }

    private void restore(Database live, NodeConfig config, Name tenant) throws IOException {
        Pasts pasts = new RepositoryPasts(
                restore.bulwark().settings(),
                live,
                config.dataDir().resolve("restores"),
                InstantSource.system(),
                new SecureRandom());
        try (Pasts.Opened past = pasts.open();
                TenantRestore one = TenantRestore.begin(live, tenant, past.tables())) {
            past.check(at);
            List<Erasure> erased = Erasures.of(tenant, past.erasures());
            try (Pasts.Copy copy = past.copy(at, this::progress)) {
                Erasures.apply(copy.database(), past.tables(), erased);
                print(one.preview(copy.database(), keys));
                if (!dryRun) {
                    print(tenant, one.exchange(copy.database(), this::progress));
                }
            }
        }
    }

    private void progress(String doing) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(doing);
        err.flush();
    }

    private void print(Difference difference) {
        for (Difference.Table table : difference.tables()) {
            say(String.format(
                    Locale.ROOT,
                    "%-24s %6d added %6d removed %6d changed %6d the same",
                    table.table(),
                    table.added().count(),
                    table.removed().count(),
                    table.changed().count(),
                    table.same()));
            shown("added", table.added()).ifPresent(this::say);
            shown("removed", table.removed()).ifPresent(this::say);
            shown("changed", table.changed()).ifPresent(this::say);
        }
    }

    private static Optional<String> shown(String what, Difference.Rows rows) {
        String more = rows.count() > rows.keys().size() ? ", …" : "";
        return rows.keys().isEmpty()
                ? Optional.empty()
                : Optional.of("  " + what + ": " + String.join(", ", rows.keys()) + more);
    }

    private void print(Name tenant, Exchanged exchanged) {
        long rows = exchanged.tables().stream()
                .mapToLong(table -> table.after().rows())
                .sum();
        long others = exchanged.tables().stream()
                .mapToLong(table -> table.others().rows())
                .sum();
        say("The tenant " + tenant + " is as at " + at + ": " + rows + " rows, with the hashes of then; " + others
                + " rows of others, with the hashes of before");
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
