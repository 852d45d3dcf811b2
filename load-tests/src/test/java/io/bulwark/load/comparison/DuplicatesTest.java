package io.bulwark.load.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.comparison.Duplicates.Claimed;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DuplicatesTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "'', 0",
        "a=201, 0",
        "a=201 a=409 a=200, 0",
        "a=201 b=201 c=201, 0",
        "a=201 a=409 a=201, 1",
        "a=201 a=201 a=201 b=201 b=200, 2",
        "a=409 a=409, 0",
    })
    void count_answersGiven_everyFirstAfterTheFirst(String answers, long expected) {
        assertThat(Duplicates.count(claims(answers))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "completed {0}, afterwards {1}: {2}")
    @CsvSource({
        "a b, a=200 b=200, 0",
        "a b, a=200 b=409, 1",
        "a b, a=201 b=409, 2",
        "a b, a=200, 1",
        "'', a=201, 0",
    })
    void lost_lookedAtAfterwards_whatIsNotThere(String completed, String afterwards, long expected) {
        Set<String> keys = completed.isEmpty() ? Set.of() : Set.of(completed.split(" ", -1));

        assertThat(Duplicates.lost(keys, claims(afterwards))).isEqualTo(expected);
    }

    private static List<Claimed> claims(String answers) {
        return Arrays.stream(answers.split(" ", -1))
                .filter(answer -> !answer.isEmpty())
                .map(answer -> answer.split("=", -1))
                .map(pair -> new Claimed(pair[0], Integer.parseInt(pair[1])))
                .toList();
    }
}
