package io.bulwark.node.command;

import io.bulwark.node.config.ConfigReport;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.config.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code bulwark config}: the effective configuration. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        header = "Prints every setting in force and where its value came from; secrets are masked.",
        description = {"", "Fails, naming the setting, when a node could not start with it."})
final class ConfigCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ParentCommand
    private BulwarkCommand bulwark = new BulwarkCommand();

    @Override
    public void run() {
        Settings settings = bulwark.settings();
        NodeConfig.of(settings);
        spec.commandLine().getOut().print(ConfigReport.of(settings));
        spec.commandLine().getOut().flush();
    }
}
