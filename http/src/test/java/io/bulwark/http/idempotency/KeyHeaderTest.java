package io.bulwark.http.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import io.bulwark.idempotency.IdempotencyKey;
import java.util.SplittableRandom;
import org.greenbytes.http.sfv.StringItem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyHeaderTest {
    @ParameterizedTest(name = "{0} is the key {1}")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "\"8e03978e-40d5\", 8e03978e-40d5",
                "8e03978e-40d5, 8e03978e-40d5",
                "\"a\\\\b\\\"c\", a\\b\"c",
                "a\\b, a\\b",
                "\"!~\", !~",
                "x, x",
                "it's\"ok\", it's\"ok\"",
            })
    void parse_oneKey_isThatKey(String value, String key) {
        assertThat(KeyHeader.parse(value)).isEqualTo(new KeyHeader.Present(new IdempotencyKey(key)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "``, 0 characters",
                "\"\", 0 characters",
                "\", no closing quote",
                "\"abc, no closing quote",
                "\"abc\\\", no closing quote",
                "\"abc\\, backslash",
                "\"a\\bc\", backslash",
                "\"abc\";v=1, followed by more",
                "\"abc\" \"def\", followed by more",
                "\"a c\", U+0020",
                "a c, U+0020",
                "käse, U+00E4",
                "\"käse\", U+00E4",
                "\"a\tc\", U+0009",
                "\u007f, U+007F",
            })
    void parse_notOneKey_saysWhy(String value, String why) {
        assertThat(KeyHeader.parse(value))
                .isInstanceOfSatisfying(
                        KeyHeader.Malformed.class,
                        malformed -> assertThat(malformed.why()).contains(why));
    }

    @ParameterizedTest(name = "{0} characters")
    @ValueSource(ints = {1, 255})
    void parse_lengthWithinBounds_isAKey(int length) {
        assertThat(KeyHeader.parse("k".repeat(length))).isInstanceOf(KeyHeader.Present.class);
        assertThat(KeyHeader.parse("\"" + "k".repeat(length) + "\"")).isInstanceOf(KeyHeader.Present.class);
    }

    @Test
    void parse_256Characters_isMalformed() {
        assertThat(KeyHeader.parse("k".repeat(256))).isInstanceOf(KeyHeader.Malformed.class);
        assertThat(KeyHeader.parse("\"" + "k".repeat(256) + "\"")).isInstanceOf(KeyHeader.Malformed.class);
    }

    @Test
    void of_twoHeaders_isMalformedEvenWhenTheyAreTheSame() {
        assertThat(KeyHeader.of(request("a", "a"))).isInstanceOf(KeyHeader.Malformed.class);
    }

    @Test
    void of_noHeader_isAbsent() {
        assertThat(KeyHeader.of(request())).isEqualTo(new KeyHeader.Absent());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void parse_whatAnotherWriterQuoted_isTheSameKey(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 1_000; round++) {
            String key = visible(random, random.nextInt(1, 256));

            assertThat(KeyHeader.parse(StringItem.valueOf(key).serialize()))
                    .isEqualTo(new KeyHeader.Present(new IdempotencyKey(key)));
        }
    }

    private static String visible(SplittableRandom random, int length) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < length; i++) {
            key.append((char) random.nextInt(0x21, 0x7f));
        }
        return key.toString();
    }

    private static HttpRequest request(String... keys) {
        HttpRequest request = HttpRequest.create("/");
        for (String key : keys) {
            request = request.addHeader(RawHeader.create("idempotency-KEY", key));
        }
        return request;
    }
}
