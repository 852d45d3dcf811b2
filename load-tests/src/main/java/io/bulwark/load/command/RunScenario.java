package io.bulwark.load.command;

import io.bulwark.load.result.Assertion;
import io.bulwark.load.result.LiveLine;
import io.bulwark.load.result.Result;
import io.bulwark.load.scenario.Option;
import io.bulwark.load.scenario.Options;
import io.bulwark.load.scenario.Run;
import io.bulwark.load.scenario.Scenario;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code load run}: runs a scenario. */
@Command(
        name = "run",
        description = "Runs a scenario against a Bulwark that it starts itself, or against one that runs already."
                + " What a scenario takes by default, `load list` says.",
        mixinStandardHelpOptions = true)
final class RunScenario implements Callable<Integer> {
    private final List<Scenario> scenarios;
    private final InstantSource clock;

    @Parameters(index = "0", paramLabel = "SCENARIO", description = "One that `load list` shows.")
    private String name = "";

    @CommandLine.Option(
            names = "--url",
            paramLabel = "URL",
            description = "The service listener of a Bulwark that runs.")
    private @Nullable URI url;

    @CommandLine.Option(
            names = "--token",
            paramLabel = "JWT",
            description = "For --url: may change and call everything there. Default: the environment's LOAD_TOKEN.",
            defaultValue = "${env:LOAD_TOKEN}")
    private @Nullable String token;

    @CommandLine.Option(
            names = "--assert",
            paramLabel = "ASSERTION",
            description = "Such as 'p99 < 20ms', instead of what the scenario asserts itself; may be repeated.")
    private List<String> assertions = List.of();

    @CommandLine.Option(names = "--out", paramLabel = "DIR", description = "Where the JSON and the page go.")
    private Path out = Places.reports();

    @Spec
    private @Nullable CommandSpec spec;

    RunScenario(List<Scenario> scenarios, InstantSource clock) {
        this.scenarios = scenarios;
        this.clock = clock;
    }

    /** With an option on the command line for each that scenarios may have. */
    static CommandLine command(RunScenario run) {
        CommandLine command = new CommandLine(run);
        Arrays.stream(Option.values())
                .forEach(option -> command.getCommandSpec()
                        .addOption(OptionSpec.builder("--" + option.word())
                                .type(String.class)
                                .paramLabel(option.label())
                                .description(option.meaning())
                                .build()));
        return command;
    }

    @Override
    public Integer call() {
        Scenario scenario = scenario();
        List<Assertion> asserted =
                usage(() -> assertions.stream().map(Assertion::parse).toList());
        Options options = usage(() -> scenario.options().with(chosen()));
        Result result;
        try (LiveLine live = LiveLine.onStandardError()) {
            result = scenario.run(
                    new Run(options, given(), clock, Places.checkout(), live::show, line -> progress(live, line)));
        }
        CommandLine line = spec().commandLine();
        boolean holds = Verdict.keep(Verdict.against(result, asserted), out, line.getOut(), line.getErr());
        return holds ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void progress(LiveLine live, String line) {
        live.close();
        spec().commandLine().getErr().println(line);
        spec().commandLine().getErr().flush();
    }

    private Scenario scenario() {
        return scenarios.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> wrong("There is no scenario '" + name + "': expected one of "
                        + scenarios.stream().map(Scenario::name).collect(Collectors.joining(", "))));
    }

    private Optional<Run.Given> given() {
        if (url == null) {
            return Optional.empty();
        } else if (token == null || token.isEmpty()) {
            throw wrong(
                    "--url needs --token: mint one with `bulwark token --tenant '*' --roles caller,viewer,operator`");
        } else if (url.getHost() == null || !"http".equals(url.getScheme())) {
            throw wrong("--url is '" + url + "': expected http://host:port");
        }
        return Optional.of(new Run.Given(URI.create("http://" + url.getAuthority()), token));
    }

    private Map<Option, String> chosen() {
        Map<Option, String> chosen = new EnumMap<>(Option.class);
        for (Option option : Option.values()) {
            String value = spec().findOption("--" + option.word()).getValue();
            if (value != null) {
                chosen.put(option, value);
            }
        }
        return chosen;
    }

    private <T> T usage(java.util.function.Supplier<T> reading) {
        try {
            return reading.get();
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
