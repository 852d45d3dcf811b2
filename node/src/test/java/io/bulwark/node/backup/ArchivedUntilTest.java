package io.bulwark.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.archive.ArchiverStatus;
import io.bulwark.persistence.archive.ArchiverStatus.State;
import io.bulwark.persistence.archive.Lsn;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Up to when everything is in the repository, by what the archiver says once a second. */
class ArchivedUntilTest {
    private static final Instant START = Instant.parse("2026-11-27T00:00:00Z");

    private final ArchivedUntil until = new ArchivedUntil();
    private int second;

    private Optional<Instant> seen(State state, long archived, long serverEnd) {
        until.seen(
                new ArchiverStatus(
                        state,
                        1,
                        Optional.of(new Lsn(archived)),
                        serverEnd - archived,
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                START.plusSeconds(second++));
        return until.complete();
    }

    @Test
    void beforeAnythingWasHeard_nothingIsKnown() {
        assertThat(until.complete()).isEmpty();
        assertThat(seen(State.CONNECTING, 100, 100)).isEmpty();
    }

    @Test
    void whileNothingIsBehind_itIsNow() {
        assertThat(seen(State.STREAMING, 100, 100)).hasValue(START);
        assertThat(seen(State.STREAMING, 100, 100)).hasValue(START.plusSeconds(1));
    }

    @Test
    void whileTheArchiveIsBehind_itIsTheLastMomentWhoseEndIsArchived() {
        assertThat(seen(State.STREAMING, 100, 100)).hasValue(START);
        assertThat(seen(State.STREAMING, 100, 200)).hasValue(START);
        assertThat(seen(State.STREAMING, 100, 300)).hasValue(START);
        assertThat(seen(State.STREAMING, 250, 400))
                .as("200 was the end at second 1")
                .hasValue(START.plusSeconds(1));
        assertThat(seen(State.WAITING_FOR_STORE, 250, 500)).hasValue(START.plusSeconds(1));
        assertThat(seen(State.STREAMING, 500, 500)).hasValue(START.plusSeconds(5));
    }

    @Test
    void behindForVeryLong_theOldestMomentsAreRemembered() {
        for (int i = 1; i <= 2_000; i++) {
            seen(State.STREAMING, 0, i);
        }
        assertThat(seen(State.STREAMING, 10, 3_000)).hasValue(START.plusSeconds(9));
    }
}
