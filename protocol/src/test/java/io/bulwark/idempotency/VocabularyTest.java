package io.bulwark.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.grammar.Name;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocabularyTest {
    private static final String VISIBLE = visible();

    @Test
    void key_ofEveryVisibleCharacter_isKept() {
        assertThat(new IdempotencyKey(VISIBLE).value()).isEqualTo(VISIBLE);
    }

    @Test
    void key_of255Characters_isKeptAnd256AreRefused() {
        assertThat(new IdempotencyKey("k".repeat(255)).value()).hasSize(255);
        assertThatThrownBy(() -> new IdempotencyKey("k".repeat(256)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The key has 256 characters: expected 1 to 255");
    }

    @Test
    void key_empty_isRefused() {
        assertThatThrownBy(() -> new IdempotencyKey("")).hasMessage("The key has 0 characters: expected 1 to 255");
    }

    @ParameterizedTest
    @CsvSource({
        "32, 0020",
        "31, 001F",
        "9, 0009",
        "0, 0000",
        "10, 000A",
        "127, 007F",
        "128, 0080",
        "233, 00E9",
        "8364, 20AC"
    })
    void key_withACharacterThatIsNotVisibleAscii_isRefusedByPlaceAndCode(int character, String code) {
        assertThatThrownBy(() -> new IdempotencyKey("ab" + (char) character + "c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The key's character 3 is U+" + code + ": expected visible ASCII (0x21 to 0x7E)");
    }

    @Test
    void fingerprint_upToItsLength_isKept() {
        assertThat(new Fingerprint(VISIBLE).value()).isEqualTo(VISIBLE);
        assertThat(new Fingerprint("f".repeat(128)).value()).hasSize(128);
    }

    @Test
    void fingerprint_outsideTheGrammar_isRefused() {
        for (String value : List.of("", "f".repeat(129), "a b", "é", "a\n")) {
            assertThatThrownBy(() -> new Fingerprint(value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The fingerprint has " + value.length()
                            + " characters: expected 1 to 128, all visible ASCII (0x21 to 0x7E)");
        }
    }

    @Test
    void answer_statusOutsideHttp_isRefused() {
        assertThat(Answer.of(100, List.of(), Body.EMPTY).kept()).isTrue();
        assertThat(Answer.of(599, List.of(), Body.EMPTY).status()).isEqualTo(599);
        for (int status : List.of(99, 600)) {
            assertThatThrownBy(() -> Answer.of(status, List.of(), Body.EMPTY))
                    .hasMessage("The status is " + status + ": expected 100 to 599");
        }
    }

    @Test
    void body_isComparedByContent() {
        Body body = Body.wrap(new byte[] {1, 2});
        assertThat(body).isEqualTo(Body.wrap(new byte[] {1, 2})).isNotEqualTo(Body.wrap(new byte[] {1, 3}));
        assertThat(body).hasSameHashCodeAs(Body.wrap(new byte[] {1, 2})).hasToString("2 bytes");
        assertThat(Body.wrap(new byte[0])).isSameAs(Body.EMPTY);
        assertThat(body.length()).isEqualTo(2);
    }

    @Test
    void operationId_isShownAsTenantAndKey() {
        assertThat(new OperationId(new Name("acme"), new IdempotencyKey("k1"))).hasToString("acme/k1");
    }

    private static String visible() {
        StringBuilder all = new StringBuilder();
        for (char c = 0x21; c <= 0x7e; c++) {
            all.append(c);
        }
        return all.toString();
    }
}
