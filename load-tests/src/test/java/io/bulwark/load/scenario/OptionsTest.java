package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OptionsTest {
    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "30s,PT30S", "5m,PT5M", "2h,PT2H", "PT1M30S,PT1M30S", "0s,PT0S"})
    void time_inEveryForm_isRead(String text, Duration expected) {
        assertThat(Options.none().and(Option.DURATION, text).time(Option.DURATION))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "DURATION,5",
        "DURATION,-PT1S",
        "DURATION,5 s",
        "RATE,ten",
        "RATE,-1",
        "RATE,1.5",
        "RATE,99999999999",
        "ZIPF,-1",
        "ZIPF,much",
        "ZIPF,NaN"
    })
    void and_valueThatIsNone_isRefusedByName(Option option, String value) {
        assertThatThrownBy(() -> Options.none().and(option, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--" + option.word() + " is '" + value + "': expected");
    }

    @Test
    void with_optionThatIsNotThere_isRefusedWithThoseThatAre() {
        Options options = Options.none().and(Option.RATE, "1").and(Option.DURATION, "1s");
        assertThatThrownBy(() -> options.with(Map.of(Option.ZIPF, "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no --zipf here: expected --rate, --duration");
    }

    @Test
    void with_otherValue_keepsTheOrder() {
        Options options = Options.none().and(Option.RATE, "1").and(Option.DURATION, "1s");
        assertThat(options.with(Map.of(Option.RATE, "7")).values())
                .containsExactly(Map.entry(Option.RATE, "7"), Map.entry(Option.DURATION, "1s"));
    }

    @Test
    void positive_zero_isRefused() {
        Options options = Options.none().and(Option.RATE, "0");
        assertThatThrownBy(() -> options.positive(Option.RATE)).hasMessageContaining("expected 1 or more");
    }

    static Stream<Scenario> scenarios() {
        return Scenarios.all().stream();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void scenario_itsNameAndOptions_canBeUsedOnACommandLine(Scenario scenario) {
        assertThat(scenario.name()).matches("[a-z]+(-[a-z]+)*");
        assertThat(Scenarios.all())
                .filteredOn(other -> other.name().equals(scenario.name()))
                .hasSize(1);
        assertThat(scenario.title()).isNotBlank();
        assertThat(scenario.options().values()).isNotEmpty();
    }
}
