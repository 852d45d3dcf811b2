package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.drive.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperationCallsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"token\":1,\"leaseUntil\":\"2026\"} | 1",
                "{\"leaseUntil\":\"2026\",\"token\":9007199254740993} | 9007199254740993",
                "{\"token\":42 | 42"
            })
    void token_ofAnAnswer_isItsNumber(String body, long token) {
        assertThat(OperationCalls.token(answer(body))).isEqualTo(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"state\":\"completed\"}", "", "{\"token\":", "{\"token\":\"1\"}"})
    void token_ofAnAnswerWithoutOne_isRefusedWithTheAnswer(String body) {
        assertThatThrownBy(() -> OperationCalls.token(answer(body)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(body)
                .hasMessageContaining("expected a token");
    }

    /** With the rest of an earlier, longer answer behind it, as readers keep it. */
    private static Answer answer(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        byte[] kept = Arrays.copyOf(bytes, bytes.length + 20);
        byte[] earlier = "7,\"token\":3".getBytes(StandardCharsets.UTF_8);
        System.arraycopy(earlier, 0, kept, bytes.length, earlier.length);
        return new Answer() {
            @Override
            public int status() {
                return 201;
            }

            @Override
            public byte[] body() {
                return kept;
            }

            @Override
            public int length() {
                return bytes.length;
            }
        };
    }
}
