package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalGapsTest {
    @ParameterizedTest(name = "{0} | on {1} from {2}: until {3}, gap {4}")
    @CsvSource({
        // archive, timelines, start, until, gap: missing from to
        "'', 1, 3.40, 3.40, ''",
        "1:3, 1, 3.40, 4.0, ''",
        "1:3 1:4 1:5, 1, 3.40, 6.0, ''",
        "1:3 1:4 1:5, 1, 4.40, 6.0, ''",
        "1:3 1:4, 1, 7.40, 7.40, ''",
        // A whole segment is missing.
        "1:3 1:5, 1, 3.40, 4.0, 1:4 4.0 5.0",
        "1:4 1:5, 1, 3.40, 3.40, 1:3 3.40 4.0",
        "1:3 1:5 1:7, 1, 3.40, 4.0, 1:4 4.0 5.0",
        "1:3 1:5 1:7, 1, 5.0, 6.0, 1:6 6.0 7.0",
        // What is before the start does not matter.
        "1:1 1:3 1:4, 1, 3.0, 5.0, ''",
        // Pieces of the last one.
        "1:3 1:4:0-100, 1, 3.40, 4.100, ''",
        "1:3 1:4:0-100 1:4:100-180 1:4:0-180, 1, 3.40, 4.180, ''",
        "1:3:0-100, 1, 3.40, 3.100, ''",
        "1:3:0-100, 1, 3.140, 3.140, ''",
        "1:3 1:3:0-100, 1, 3.40, 4.0, ''",
        "1:3:0-16777216 1:4:0-100, 1, 3.40, 4.100, ''",
        // A hole between pieces, and a segment that is not whole before others.
        "1:3 1:4:0-100 1:4:110-180, 1, 3.40, 4.100, 1:4 4.100 4.110",
        "1:3 1:4:110-180, 1, 3.40, 4.0, 1:4 4.0 4.110",
        "1:3 1:4:0-100 1:5, 1, 3.40, 4.100, 1:4 4.100 5.0",
        "1:3 1:4:0-100 1:5:0-10, 1, 3.40, 4.100, 1:4 4.100 5.0",
        // Over to another timeline, which has the segment of the branch.
        "1:3 1:4 2:5 2:6 2h, 1@5.100 2, 3.40, 7.0, ''",
        "1:3 1:4 1:5 2:5 2h, 1@5.100 2, 3.40, 6.0, ''",
        "1:3 1:4 1:5:0-90 2:5:0-120 2h, 1@5.100 2, 3.40, 5.120, ''",
        "1:3 1:4 1:5 1:6, 1@5.100 2, 3.40, 5.0, ''",
        "1:3 1:4 2:6 2h, 1@5.100 2, 3.40, 5.0, 2:5 5.0 6.0",
        "1:3 1:4 2:5 2h, 1@5.0 2, 3.40, 6.0, ''",
        "1:3 1:4 1:5 1:6, 1, 3.40, 7.0, ''",
        "1:3 2:4 2h 1:4 1:5, 1, 3.40, 6.0, ''",
        // Without its history a timeline cannot be gone over to.
        "1:3 1:4 2:5 2:6, 1@5.100 2, 3.40, 5.0, 2h 5.0 5.0"
    })
    void reach_endsWhereTheFirstByteIsMissing(
            String archive, String timelines, String start, String until, String gap) {
        WalGaps.Reach reach =
                WalGaps.from(Pieces.names(archive), SegmentSize.USUAL, Pieces.timelines(timelines), Pieces.lsn(start));
        assertThat(Pieces.text(reach.until())).isEqualTo(until);
        assertThat(reach.gap().map(WalGapsTest::text).orElse("")).isEqualTo(expected(gap));
    }

    private static String text(WalGaps.Gap gap) {
        return gap.missing() + " " + Pieces.text(gap.from()) + " " + Pieces.text(gap.to());
    }

    private static String expected(String gap) {
        int end = gap.indexOf(' ');
        return end < 0 ? "" : Pieces.names(gap.substring(0, end)).getFirst() + gap.substring(end);
    }
}
