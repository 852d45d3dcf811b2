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

    @Test
    void beyondSoftBucket_aFreshBucketForEachHandover_isNothing() {
        List<Admission> admissions = admissions(LongStream.of(0, 0, 0, 0, 0, 0));

        assertThat(Admissions.beyondSoftBucket(admissions, 3, 1, 1, 0)).isEmpty();
        assertThat(Admissions.beyondSoftBucket(admissions, 3, 1, 0, 1)).isEmpty();
        assertThat(Admissions.beyondSoftBucket(admissions, 3, 1, 0, 0)).isPresent();
    }

    @Test
    void beyondSoftBucket_moreThanBothSidesOfACutRefill_isFound() {
        List<Admission> admissions = admissions(LongStream.of(0, 0, 1, 1, 2, 2, 2));

        assertThat(Admissions.beyondSoftBucket(admissions, 1, 1, 0, 1))
                .hasValue("7 were admitted within 2000 ms: expected at most 6");
    }

    private static List<Admission> admissions(LongStream seconds) {
        return seconds.mapToObj(at -> new Admission(at * SECOND, at * SECOND)).toList();
    }
}
