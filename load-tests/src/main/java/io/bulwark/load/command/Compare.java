package io.bulwark.load.command;

import io.bulwark.load.comparison.Comparison;
import io.bulwark.load.comparison.Setting;
import io.bulwark.load.result.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code load compare}: runs a comparison, or all of them one after the other. */
@Command(
        name = "compare",
        description = "Measures Bulwark and what else does the same, in turns, in one run.",
        mixinStandardHelpOptions = true)
final class Compare implements Callable<Integer> {
    private static final String ALL = "all";

    private final List<Comparison> comparisons;

    @Parameters(index = "0", paramLabel = "NAME", description = "One that `load list` shows, or 'all'.")
    private String name = "";

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often each has its turn. Default: ${DEFAULT-VALUE}.")
    private int rounds = Setting.ROUNDS;

    @Option(names = "--duration", paramLabel = "TIME", description = "How long a turn is. Default: PT6S.")
    private String duration = Setting.ROUND.toString();

    @Option(names = "--out", paramLabel = "DIR", description = "Where the JSON and the pages go.")
    private Path out = Places.reports();

    @Spec
    private @Nullable CommandSpec spec;

    Compare(List<Comparison> comparisons) {
        this.comparisons = comparisons;
    }

    /** A comparison that fails does not keep the others from being run; its sentence goes to standard error. */
    @Override
    public Integer call() {
        Setting setting = setting();
        long held = chosen().stream().filter(each -> holds(each, setting)).count();
        return held == chosen().size() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private boolean holds(Comparison comparison, Setting setting) {
        CommandLine line = spec().commandLine();
        try {
            Result result = comparison.run(setting);
            return Verdict.keep(result, out, line.getOut(), line.getErr());
        } catch (IllegalStateException e) {
            line.getErr().println("load: " + comparison.name() + " could not be run: " + e.getMessage());
            line.getErr().flush();
            return false;
        }
    }

    private List<Comparison> chosen() {
        List<Comparison> chosen = comparisons.stream()
                .filter(each -> name.equals(ALL) || each.name().equals(name))
                .toList();
        if (chosen.isEmpty()) {
            throw wrong("There is no comparison '" + name + "': expected all or one of "
                    + comparisons.stream().map(Comparison::name).collect(Collectors.joining(", ")));
        }
        return chosen;
    }

    private Setting setting() {
        try {
            Duration round = io.bulwark.load.scenario.Option.DURATION.time(duration);
            return new Setting(rounds, round, Places.distribution(), Places.scratch(), out);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec().commandLine(), message);
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("This command runs only within picocli");
        }
        return spec;
    }
}
