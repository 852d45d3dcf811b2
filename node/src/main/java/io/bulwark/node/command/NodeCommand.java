package io.bulwark.node.command;

import io.bulwark.node.config.Settings;
import io.bulwark.node.start.Node;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark node}: one member of the cluster, until it is told to stop. */
@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        header = "Starts a node and serves until SIGTERM or Ctrl-C.",
        description = {
            "",
            "With nothing configured it starts a PostgreSQL of its own in the data directory, creates the schema, makes",
            "a signing key, prints an admin token at the first start, and listens on loopback.",
            "",
            "On SIGTERM it takes no new calls, settles those in flight, hands over, and stops its database last."
        })
final class NodeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private BulwarkCommand bulwark = new BulwarkCommand();

    @Option(
            names = "--demo",
            description = "Also starts a small payments service on loopback, registers it as 'payments' and the tenant"
                    + " 'acme', and prints a tour to paste.")
    private boolean demo = false;

    @Option(
            names = "--join",
            paramLabel = "HOST:PORT",
            split = ",",
            description = "Joins the cluster of these members, named by the addresses of their Management. Without a"
                    + " database of yours it uses the one that a node runs in the same data directory.")
    private List<String> join = List.of();

    @Override
    public Integer call() throws Exception {
        Settings given = bulwark.settings();
        Settings settings = join.isEmpty() ? given : given.with("bulwark.cluster.join", join, "--join");
        return Node.run(settings, demo, spec.commandLine().getOut());
    }
}
