package io.bulwark.load.command;

import io.bulwark.load.comparison.Comparison;
import io.bulwark.load.comparison.Comparisons;
import io.bulwark.load.scenario.Scenario;
import io.bulwark.load.scenario.Scenarios;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The command line of the harness: exit status 0 when all that was asserted holds, 1 when not or the run failed, 2 for wrong usage. */
@Command(
        name = "load",
        description =
                "Puts Bulwark under load, alone or beside others, and keeps what came of it as JSON and as a page.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class Load {
    private Load() {}

    /** Ends this process. */
    public static void main(String... arguments) {
        System.exit(commandLine(Scenarios.all(), InstantSource.system()).execute(arguments));
    }

    static CommandLine commandLine(List<Scenario> scenarios, InstantSource clock) {
        List<Comparison> comparisons = Comparisons.all(clock, System.err::println);
        CommandLine load = new CommandLine(new Load())
                .addSubcommand(RunScenario.command(new RunScenario(scenarios, clock)))
                .addSubcommand(new CommandLine(new Compare(comparisons)))
                .addSubcommand(new CommandLine(new Report()))
                .addSubcommand(new CommandLine(new ListAll(scenarios, comparisons)));
        load.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command));
        load.setParameterExceptionHandler(Load::refused);
        load.setCaseInsensitiveEnumValuesAllowed(true);
        return load;
    }

    private static int failed(Exception failure, CommandLine command) {
        say(command.getErr(), sentence(failure));
        return ExitCode.SOFTWARE;
    }

    private static int refused(ParameterException refusal, String... arguments) {
        CommandSpec spec = refusal.getCommandLine().getCommandSpec();
        say(
                refusal.getCommandLine().getErr(),
                sentence(refusal) + " (`" + spec.qualifiedName() + " --help` says more)");
        return ExitCode.USAGE;
    }

    private static void say(PrintWriter err, String sentence) {
        err.println("load: " + sentence);
        err.flush();
    }

    /** What went wrong, and what caused it when that says more. */
    private static String sentence(Throwable failure) {
        String own = Optional.ofNullable(failure.getMessage()).orElse(failure.toString());
        Throwable cause = failure.getCause();
        return cause == null || own.contains(String.valueOf(cause.getMessage())) ? own : own + ": " + cause;
    }
}
