package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.archive.ArchiverEnd.Reason;
import io.bulwark.persistence.archive.ArchiverSettings.OnGap;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartPointTest {
    @ParameterizedTest(name = "{0} | on {1}, flushed {2}, kept from {3}: {4}, else {5}")
    @CsvSource({
        // archive, timelines, flushed, kept from, with STOP, with BEGIN_ANEW
        "'', 1, 5.100, 4.40, 1:4, 1:4",
        "'', 1, 5.100, -, 1:5, 1:5",
        "'', 1@3.0 2, 5.100, 4.40, 2:4, 2:4",
        "'', 1@5.50 2, 5.100, 4.40, 1:4, 1:4",
        "1:4, 1, 5.100, 5.0, 1:5, 1:5",
        "1:3 1:4, 1, 5.100, 4.40, 1:5, 1:5",
        "1:3 1:4, 1, 5.100, -, 1:5, 1:5",
        // The begun segment is received from its beginning: the server keeps whole files.
        "1:4 1:5:0-60, 1, 5.100, 5.60, 1:5, 1:5",
        "1:4 1:5:0-60, 1, 5.100, 5.90, 1:5, 1:5",
        "1:5:0-60, 1, 5.100, 5.60, 1:5, 1:5",
        // An older gap is not the archiver's to mend; it goes on at the end.
        "1:2 1:4, 1, 5.100, 5.0, 1:5, 1:5",
        // The server has dropped what follows.
        "1:4, 1, 7.100, 6.0, GAP, 1:6",
        "1:4, 1, 7.100, 6.70, GAP, 1:6",
        "1:4 1:5:0-60, 1, 7.100, 6.0, GAP, 1:6",
        "1:5:0-60, 1, 7.100, 6.0, GAP, 1:6",
        // The archive is further than the server.
        "1:5, 1, 5.100, 5.0, DIVERGED, DIVERGED",
        "1:4 1:5:0-160, 1, 5.100, 5.0, DIVERGED, DIVERGED",
        "1:4 1:5:0-100, 1, 5.100, 5.0, 1:5, 1:5",
        // Promoted: the segment of the branch is received anew, on the new timeline.
        "1:3 1:4 1:5:0-90, 1@5.100 2, 5.300, 5.0, 2:5, 2:5",
        "1:3 1:4 1:5, 1@5.100 2, 6.300, 5.0, 2:5, 2:5",
        "1:3 1:4 1:5 1:6, 1@5.0 2, 6.300, 5.0, 2:5, 2:5",
        "1:3, 1@5.100 2, 6.300, 4.0, 1:4, 1:4",
        "1:3, 1@5.100 2, 6.300, 5.0, GAP, 2:5",
        "1:3 1:4 2:5, 1@5.100 2, 6.300, 6.0, 2:6, 2:6",
        // Left behind by a promotion.
        "1:3 1:4 2:5, 1, 6.300, 5.0, STALE_SERVER, STALE_SERVER",
        "1:3 1:4 2:5:0-9, 1, 6.300, 5.0, STALE_SERVER, STALE_SERVER"
    })
    void start_isWhereTheArchiveEnds_orRefused(
            String archive, String timelines, String flushed, String kept, String stop, String anew) {
        var holdings = Holdings.of(Pieces.names(archive), SegmentSize.USUAL);
        var server = new StartPoint.Server(
                Pieces.timelines(timelines),
                Pieces.lsn(flushed),
                kept.equals("-") ? Optional.empty() : Optional.of(Pieces.lsn(kept)));
        assertThat(text(StartPoint.decide(holdings, server, OnGap.STOP))).isEqualTo(stop);
        assertThat(text(StartPoint.decide(holdings, server, OnGap.BEGIN_ANEW))).isEqualTo(anew);
    }

    @Test
    void gap_namesBothPositions() {
        var holdings = Holdings.of(Pieces.names("1:4 1:5:0-256"), SegmentSize.USUAL);
        var server = new StartPoint.Server(Timelines.first(), Pieces.lsn("9.0"), Optional.of(Pieces.lsn("8.40")));
        assertThat(StartPoint.decide(holdings, server, OnGap.STOP))
                .isInstanceOfSatisfying(StartPoint.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.GAP);
                    assertThat(refused.message()).contains("ends at 0/5000100", "from 0/8000028 on", "full backup");
                });
    }

    private static String text(StartPoint point) {
        return switch (point) {
            case StartPoint.Begin(WalSegment segment) -> segment.timeline() + ":" + segment.number();
            case StartPoint.Refused(Reason reason, var _) -> reason.name();
        };
    }
}
