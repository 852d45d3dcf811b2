package io.bulwark.load.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.result.Assertion;
import io.bulwark.load.result.Figure;
import io.bulwark.load.result.Machine;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Results;
import io.bulwark.load.scenario.Option;
import io.bulwark.load.scenario.Options;
import io.bulwark.load.scenario.Run;
import io.bulwark.load.scenario.Scenario;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class LoadTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Echo echo = new Echo();

    /** Its rate is its latency; asserts that this is below 100 ms. A rate of 13 fails. */
    private static final class Echo implements Scenario {
        private final List<Run> runs = new ArrayList<>();

        @Override
        public String name() {
            return "echo";
        }

        @Override
        public String title() {
            return "Gives back what it was given";
        }

        @Override
        public Options options() {
            return Options.none().and(Option.RATE, "7").and(Option.DURATION, "1s");
        }

        @Override
        public Result run(Run run) {
            runs.add(run);
            int rate = run.options().positive(Option.RATE);
            if (rate == 13) {
                throw new IllegalStateException("The node did not serve");
            }
            List<Figure> figures = List.of(Figure.once("it", "p99", "ms", rate));
            return new Result(
                    name(),
                    title(),
                    run.clock().instant(),
                    Duration.ofSeconds(1),
                    "unknown",
                    new Machine("a processor", 2, 1L << 30, "a system", "a runtime", 0),
                    Map.of(),
                    figures,
                    List.of(),
                    List.of(),
                    List.of(Assertion.parse("p99 < 100ms").assess(figures)),
                    List.of());
        }
    }

    private int load(String... words) {
        CommandLine load = Load.commandLine(List.of(echo), CLOCK);
        load.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return load.execute(words);
    }

    private int run(String... more) {
        List<String> words = new ArrayList<>(List.of("run", "echo", "--out", directory.toString()));
        words.addAll(List.of(more));
        return load(words.toArray(String[]::new));
    }

    @Test
    void run_ownAssertionHolds_endsWithZeroAndKeepsTheResult() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("holds: p99 < 100ms");
        assertThat(Results.read(directory.resolve("echo.json"))
                        .figures()
                        .getFirst()
                        .median())
                .isEqualTo(7);
        assertThat(directory.resolve("echo.html")).isNotEmptyFile();
    }

    @ParameterizedTest
    @CsvSource({"99,p99 < 98ms,1", "99,p99 < 100ms,0", "200,p99 < 1s,0", "200,errors == 0,1"})
    void run_givenAssertion_replacesTheOwnOne(String rate, String assertion, int status) {
        assertThat(run("--rate", rate, "--assert", assertion)).isEqualTo(status);
        assertThat(status == 0 ? out.toString() : err.toString()).contains(assertion);
        assertThat(Results.read(directory.resolve("echo.json")).assessments()).hasSize(1);
    }

    @Test
    void run_severalAssertions_allCount() {
        assertThat(run("--assert", "p99 < 8ms", "--assert", "p99 < 6ms")).isEqualTo(1);
        assertThat(err.toString()).contains("does not hold: p99 < 6ms").doesNotContain("p99 < 8ms");
    }

    @Test
    void run_ownAssertionDoesNotHold_endsWithOne() {
        assertThat(run("--rate", "100")).isEqualTo(1);
        assertThat(err.toString()).contains("does not hold: p99 < 100ms (it: 100 ms)");
    }

    @Test
    void run_thatFails_endsWithOneAndOneSentence() {
        assertThat(run("--rate", "13")).isEqualTo(1);
        assertThat(err.toString()).isEqualToNormalizingNewlines("load: The node did not serve\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "run nothing | There is no scenario 'nothing': expected one of echo",
                "run echo --zipf 1 | There is no --zipf here: expected --rate, --duration",
                "run echo --rate much | --rate is 'much': expected a whole number",
                "run echo --assert p99 | 'p99' is no assertion",
                "run echo --url ftp://x --token t | --url is 'ftp://x': expected http://host:port",
                "run echo --wrong | Unknown option: '--wrong'",
                "run | Missing required parameter: 'SCENARIO'",
                "compare nothing | There is no comparison 'nothing': expected all or one of",
                "compare limit --duration soon | --duration is 'soon': expected a time",
                "compare limit --rounds 0 | rounds is 0"
            })
    void load_wrongUsage_endsWithTwoAndSaysWhatIsExpected(String words, String sentence) {
        assertThat(load(words.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(sentence);
        assertThat(echo.runs).isEmpty();
    }

    @Test
    void run_givenBulwark_isHandedToTheScenarioWithoutItsPath() {
        assertThat(run("--url", "http://127.0.0.1:8080/", "--token", "secret")).isZero();
        Run.Given given = echo.runs.getFirst().given().orElseThrow();
        assertThat(given.url()).hasToString("http://127.0.0.1:8080");
        assertThat(given.token()).isEqualTo("secret");
        assertThat(given.toString()).doesNotContain("secret");
    }

    @Test
    void list_scenariosAndComparisons_areNamedWithTheirOptions() {
        assertThat(load("list")).isZero();
        assertThat(out.toString()).contains("echo", "--rate 7 --duration 1s", "limit", "operation");
    }
}
