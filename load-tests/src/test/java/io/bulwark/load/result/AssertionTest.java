package io.bulwark.load.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssertionTest {
    private static final List<Figure> FIGURES = List.of(
            new Figure("bulwark", "rate", "decisions/s", List.of(41_000.0, 45_000.0, 43_000.0)),
            new Figure("redis", "rate", "decisions/s", List.of(20_000.0, 21_000.0, 19_000.0)),
            Figure.once("guarded", "p99", "ms", 18.2),
            Figure.once("guarded", "p50", "ms", 2),
            new Figure("guarded", "errors", "calls", List.of(0.0, 3.0, 0.0)),
            Figure.once("guarded", "availability", "%", 99.9734),
            Figure.once("guarded", "share", "", 0.999),
            Figure.once("node", "heap", "MB", 512),
            Figure.once("node", "down", "s", 0),
            Figure.once("node.one", "heap", "MB", 100));

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            p99 < 20ms                       | 18.2 ms    | true
            p99 < 18 ms                      | 18.2 ms    | false
            p99 < 0.02 s                     | 18.2 ms    | true
            p99<18200us                      | 18.2 ms    | false
            p99 <= 18200 µs                  | 18.2 ms    | true
            p99 < 20                         | 18.2 ms    | true
            p99 > 1min                       | 18.2 ms    | false
            guarded.p99 >= 18.2ms           | 18.2 ms    | true
            redis.rate >= 20000/s            | 20,000 decisions/s | true
            redis.rate > 20,000/s            | 20,000 decisions/s | false
            redis.rate >= 1200000/min        | 20,000 decisions/s | true
            redis.rate >= 20000 decisions/s  | 20,000 decisions/s | true
            errors <= 0                      | 0 calls    | true
            errors == 0                      | 3 calls    | false
            availability >= 99.9%            | 99.973%    | true
            availability >= 0.999            | 99.973%    | true
            availability >= 99.99%           | 99.973%    | false
            share >= 99.9%                   | 0.999      | true
            node.heap <= 0.6GB               | 512 MB     | true
            node.heap <= 488 MiB             | 512 MB     | false
            node.one.heap <= 100             | 100 MB     | true
            down == 0                        | 0 s        | true
            """)
    void assess_aQuantity_convertsUnits(String text, String seen, boolean holds) {
        Assessment assessment = Assertion.parse(text).assess(FIGURES);

        assertThat(assessment.seen()).endsWith(seen);
        assertThat(assessment.holds()).isEqualTo(holds);
        assertThat(assessment.assertion()).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            bulwark.rate >= 1.5 * redis.rate | 2.15 times: 43,000 decisions/s against 20,000 decisions/s | true
            bulwark.rate >= redis.rate × 2.2 | 2.15 times: 43,000 decisions/s against 20,000 decisions/s | false
            redis.rate < bulwark.rate        | 0.465 times: 20,000 decisions/s against 43,000 decisions/s | true
            guarded.p99 <= 10 * p50          | 9.10 times: 18.2 ms against 2 ms | true
            guarded.p99 <= 9 * guarded.p50   | 9.10 times: 18.2 ms against 2 ms | false
            """)
    void assess_aMultiple_comparesTheMedians(String text, String seen, boolean holds) {
        assertThat(Assertion.parse(text).assess(FIGURES)).isEqualTo(new Assessment(text, seen, holds));
    }

    @Test
    void assess_withoutASubject_holdsForEachOrShowsTheOneThatBreaksIt() {
        assertThat(Assertion.parse("rate >= 30000/s").assess(FIGURES))
                .isEqualTo(new Assessment("rate >= 30000/s", "redis: 20,000 decisions/s", false));
        assertThat(Assertion.parse("rate >= 15000/s").assess(FIGURES).holds()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"p999 < 20ms", "nobody.rate > 1/s", "bulwark.rate > 2 * nobody.rate"})
    void assess_whatWasNotMeasured_doesNotHoldAndSaysWhatThereIs(String text) {
        Assessment assessment = Assertion.parse(text).assess(FIGURES);

        assertThat(assessment.holds()).isFalse();
        assertThat(assessment.seen()).contains("was measured; the run yielded bulwark.rate, redis.rate, guarded.p99");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"p99 < 20/s", "guarded.errors == 0%", "redis.rate > 5 calls/s", "bulwark.rate > 2 * guarded.p99"
            })
    void assess_unitsThatDoNotGoTogether_doesNotHoldAndSaysSo(String text) {
        Assessment assessment = Assertion.parse(text).assess(FIGURES);

        assertThat(assessment.holds()).isFalse();
        assertThat(assessment.seen()).containsPattern("cannot be (held|compared)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "p99", "p99 < ", "< 20ms", "p99 = 20ms", "p99 != 3", "p99 < 20 ms or so", "p99 < 2 * p50 * 3"
            })
    void parse_whatIsNoAssertion_saysWhatOneLooksLike(String text) {
        assertThatThrownBy(() -> Assertion.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("such as 'p99 < 20ms'");
    }
}
