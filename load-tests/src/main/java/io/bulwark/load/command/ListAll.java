package io.bulwark.load.command;

import io.bulwark.load.comparison.Comparison;
import io.bulwark.load.scenario.Scenario;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code load list}: says what can be run, and with what by default. */
@Command(
        name = "list",
        description = "Lists the scenarios with their options, and the comparisons.",
        mixinStandardHelpOptions = true)
final class ListAll implements Callable<Integer> {
    private final List<Scenario> scenarios;
    private final List<Comparison> comparisons;

    @Spec
    private @Nullable CommandSpec spec;

    ListAll(List<Scenario> scenarios, List<Comparison> comparisons) {
        this.scenarios = scenarios;
        this.comparisons = comparisons;
    }

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("This command runs only within picocli");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("Scenarios (load run SCENARIO):");
        scenarios.forEach(scenario -> {
            out.println("  " + scenario.name() + ": " + scenario.title());
            out.println("      " + options(scenario));
        });
        out.println("Comparisons (load compare NAME|all):");
        comparisons.forEach(each -> out.println("  " + each.name() + ": " + each.title()));
        out.flush();
        return 0;
    }

    private static String options(Scenario scenario) {
        return scenario.options().values().entrySet().stream()
                .map(entry -> "--" + entry.getKey().word() + " " + entry.getValue())
                .collect(Collectors.joining(" "));
    }
}
