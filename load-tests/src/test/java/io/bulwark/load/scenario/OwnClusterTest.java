package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scenarios that do to their Bulwark what nobody wants done to one that is in use. */
class OwnClusterTest {
    static List<Scenario> scenarios() {
        return List.of(Uptime.standard(), Soak.standard(), Autoscale.standard());
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void run_withABulwarkThatRunsAlready_isRefused(Scenario scenario) {
        Run run = run(scenario.options(), Optional.of(new Run.Given(URI.create("http://127.0.0.1:1"), "token")));

        assertThatThrownBy(() -> scenario.run(run))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected no --url");
    }

    @Test
    void options_byDefault_areFiveAndTwentyMinutes() {
        assertThat(Uptime.standard().options().time(Option.DURATION)).isEqualTo(Duration.ofMinutes(5));
        assertThat(Soak.standard().options().time(Option.DURATION)).isEqualTo(Duration.ofMinutes(20));
        assertThat(Soak.standard().options().whole(Option.RATE)).isEqualTo(2_000);
    }

    @Test
    void run_tooShortForAFault_isRefusedBeforeAnythingIsStarted() {
        Options options = Uptime.standard().options().with(Map.of(Option.DURATION, "20s"));

        assertThatThrownBy(() -> Uptime.standard().run(run(options, Optional.empty())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no room for a fault");
    }

    @Test
    void run_tooShortForNodesToComeAndGo_isRefusedBeforeAnythingIsStarted() {
        Options options = Autoscale.standard().options().with(Map.of(Option.DURATION, "59s"));

        assertThatThrownBy(() -> Autoscale.standard().run(run(options, Optional.empty())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected at least PT1M");
    }

    private static Run run(Options options, Optional<Run.Given> given) {
        return new Run(options, given, () -> Instant.EPOCH, Path.of("."), second -> {}, line -> {});
    }
}
