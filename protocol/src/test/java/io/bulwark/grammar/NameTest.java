package io.bulwark.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameTest {
    private static final String LONGEST = "a".repeat(63);

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "acme", "acme-2", "a.b_c-d", "a-", "a..", "0123456789"})
    void name_insideTheGrammar_isKept(String value) {
        assertThat(new Name(value).value()).isEqualTo(value);
        assertThat(new Name(value)).hasToString(value);
        assertThat(Name.isValid(value)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-a", ".a", "_a", "A", "aB", "a b", "a/b", "..", "é", "aé", "a\u0000", "a\n", "*"})
    void name_outsideTheGrammar_isRefusedWithItsValue(String value) {
        assertThat(Name.isValid(value)).isFalse();
        assertThatThrownBy(() -> new Name(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + value + "' is not a name: expected 1 to 63 of a-z, 0-9, '.', '_' and '-', "
                        + "beginning with a letter or digit");
    }

    @Test
    void name_atTheLongest_isKeptAndOneMoreIsRefusedAndShortened() {
        assertThat(new Name(LONGEST).value()).hasSize(63);
        assertThatThrownBy(() -> new Name(LONGEST + "b")).hasMessageStartingWith("'" + LONGEST + "…' is not a name");
    }

    @Test
    void names_areOrderedAsTheirValues() {
        assertThat(new Name("a")).isLessThan(new Name("b")).isEqualByComparingTo(new Name("a"));
    }
}
