package io.bulwark.load.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.history.Admissions.Admission;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AdmissionsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void beyondBucket_capacityAtOnceThenOneEachSecond_isNothing() {
        List<Admission> admissions = admissions(LongStream.of(0, 0, 0, 1, 2, 3));

        assertThat(Admissions.beyondBucket(admissions, 3, 1)).isEmpty();
    }

    @Test
    void beyondBucket_oneMoreThanTheCapacityAtOnce_isFound() {
        List<Admission> admissions = admissions(LongStream.of(5, 5, 5, 5));

        assertThat(Admissions.beyondBucket(admissions, 3, 1))
                .hasValue("4 were admitted within 0 ms: expected at most 3");
    }

    @Test
    void beyondBucket_excessInTheMiddle_isFound() {
        List<Admission> admissions = admissions(LongStream.of(0, 10, 10, 10, 11, 11, 20));

        assertThat(Admissions.beyondBucket(admissions, 3, 1))
                .hasValue("5 were admitted within 1000 ms: expected at most 4");
    }

    @Test
    void beyondBucket_slowAnswer_countsFromItsRequest() {
        List<Admission> admissions = List.of(new Admission(0, 0), new Admission(0, SECOND));

        assertThat(Admissions.beyondBucket(admissions, 1, 1)).isEmpty();
    }

    private static List<Admission> admissions(LongStream seconds) {
        return seconds.mapToObj(at -> new Admission(at * SECOND, at * SECOND)).toList();
    }
}
