package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.scenario.ScalingCourse.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScalingCourseTest {
    private static final ScalingCourse COURSE = new ScalingCourse(
            List.of(
                    new Sample(0, 1, 1, 1, 1),
                    new Sample(10, 3, 1, 1, 1),
                    new Sample(14, 3, 1, 1, 3),
                    new Sample(20, 3, 3, 2, 3),
                    new Sample(22, 3, 3, 3, 3),
                    new Sample(30, 1, 3, 3, 3),
                    new Sample(35, 1, 3, 2, 2),
                    new Sample(40, 1, 2, 1, 1),
                    new Sample(41, 1, 1, 1, 1)),
            10,
            30,
            3);

    @Test
    void reactions_ofALoadThatRoseAndFell_countFromThen() {
        assertThat(COURSE.decidedUp()).hasValue(4);
        assertThat(COURSE.readyUp()).hasValue(12);
        assertThat(COURSE.decidedDown()).hasValue(5);
        assertThat(COURSE.backToOne()).hasValue(11);
        assertThat(COURSE.mostReady()).isEqualTo(3);
    }

    @Test
    void provisioned_eachSampleHoldsUntilTheNext() {
        assertThat(COURSE.under()).isEqualTo(4 * 2 + 6 * 2 + 2 * 1);
        assertThat(COURSE.over()).isEqualTo(5 * 2 + 5 * 1);
    }

    @Test
    void reactions_thatNeverCame_areNotThere() {
        ScalingCourse course = new ScalingCourse(List.of(new Sample(11, 3, 1, 1, 2)), 10, 30, 3);

        assertThat(course.decidedUp()).isEmpty();
        assertThat(course.readyUp()).isEmpty();
        assertThat(course.backToOne()).isEmpty();
        assertThat(course.under()).isZero();
    }
}
