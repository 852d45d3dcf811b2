package io.bulwark.node.command;

import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.config.Settings;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bulwark}: what its subcommands share. */
@Command(
        name = "bulwark",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            NodeCommand.class,
            TokenCommand.class,
            MigrateCommand.class,
            ConfigCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            VerifyCommand.class,
            EraseCommand.class,
            DrillCommand.class
        },
        header = "Exactly-once, rate-limited and circuit-broken calls for each of your tenants.",
        description = {
            "",
            "Start with:  bulwark node --demo",
            "It brings its own PostgreSQL, a small payments service, a tenant and a token, and prints calls to paste.",
            ""
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  BULWARK_DATA_DIR           where the node keeps its key and its database (~/.bulwark)",
            "  BULWARK_HTTP_HOST, _PORT   the service listener (127.0.0.1:8080; port 0 takes a free one)",
            "  BULWARK_MANAGEMENT_PORT    health and metrics (8558)",
            "  BULWARK_REMOTE_PORT        where other nodes reach this one (25520)",
            "  BULWARK_JOIN               members to join, by their Management (node --join)",
            "  BULWARK_DATABASE_URL, _USER, _PASSWORD   a PostgreSQL of yours instead of the embedded one",
            "  BULWARK_BACKUP_REPOSITORY, _KEY_FILE     where backups are kept, and what they are encrypted with",
            "",
            "Every other setting is listed, with its value and where it came from, by:  bulwark config",
            "",
            "Exit status: 0 done, 1 failed (one sentence on standard error), 2 wrong usage."
        })
public final class BulwarkCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-c", "--config"},
            scope = CommandLine.ScopeType.INHERIT,
            paramLabel = "FILE",
            description = "Settings in HOCON, below the environment and above the defaults.")
    private Optional<Path> configFile = Optional.empty();

    /** The command line with its subcommands and the exit status that the contract promises. */
    public static CommandLine commandLine() {
        return new CommandLine(new BulwarkCommand())
                .setUsageHelpWidth(110)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, _) -> {
                    LoggerFactory.getLogger(BulwarkCommand.class).debug("failed", failure);
                    line.getErr().println("bulwark: " + sentence(failure));
                    return 1;
                });
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Name what to do: node, token, migrate, config, backup, restore, verify, erase or drill.");
    }

    Settings settings() {
        return Settings.load(configFile);
    }

    NodeConfig config() {
        return NodeConfig.of(settings());
    }

    /** The nearest cause that says something, on one line. */
    private static String sentence(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null
                && (cause instanceof java.util.concurrent.CompletionException
                        || cause instanceof java.util.concurrent.ExecutionException
                        || cause.getMessage() == null)) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return (message == null ? cause.getClass().getSimpleName() : message).replaceAll("\\s+", " ");
    }
}
