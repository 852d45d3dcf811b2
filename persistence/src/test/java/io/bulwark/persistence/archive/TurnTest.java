package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.archive.ArchiverSettings.Durability;
import io.bulwark.persistence.repository.StoreTrouble;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TurnTest {
    @ParameterizedTest(name = "unstored {0} whole {1} rest ready {2} echo awaited {3} asked {4}: {5}, {6}")
    @CsvSource({
        // unstored, whole, restIsReady, echoAwaited, asked, asynchronous, synchronous
        "0, false, false, false, false, READ_ON, READ_ON",
        "0, false, false, true, false, READ_ON, READ_ON",
        "0, false, false, false, true, ANSWER, ANSWER",
        "0, false, true, false, true, ANSWER, ANSWER",
        // Something has come: at once in synchronous mode, when asked in the other.
        "100, false, false, false, false, READ_ON, STORE_PIECE",
        "100, false, false, false, true, STORE_PIECE, STORE_PIECE",
        // More may have come while the last piece was stored: together, but not more than a bound.
        "100, false, false, true, false, READ_ON, READ_ON",
        "100, false, false, true, true, STORE_PIECE, STORE_PIECE",
        "1048575, false, false, true, false, READ_ON, READ_ON",
        "1048576, false, false, true, false, READ_ON, STORE_PIECE",
        // The rest of the segment will come at once: no piece is worth it.
        "100, false, true, false, false, READ_ON, READ_ON",
        "2000000, false, true, true, false, READ_ON, READ_ON",
        "100, false, true, false, true, ANSWER, ANSWER",
        // Whole.
        "100, true, true, false, false, STORE_SEGMENT, STORE_SEGMENT",
        "100, true, false, true, false, STORE_SEGMENT, STORE_SEGMENT",
        "0, true, true, true, true, STORE_SEGMENT, STORE_SEGMENT"
    })
    void turn_followsFromWhatHasArrived(
            int unstored,
            boolean whole,
            boolean restIsReady,
            boolean echoAwaited,
            boolean asked,
            Turn asynchronous,
            Turn synchronous) {
        var now = new Turn.Moment(unstored, whole, restIsReady, echoAwaited, asked);
        assertThat(Turn.next(Durability.ASYNCHRONOUS, now)).isEqualTo(asynchronous);
        assertThat(Turn.next(Durability.SYNCHRONOUS, now)).isEqualTo(synchronous);
    }

    @ParameterizedTest
    @EnumSource(StoreTrouble.Kind.class)
    void storeTrouble_isWaitedOutWhenItCanPass(StoreTrouble.Kind kind) {
        String verdict = switch (StoreVerdict.of(kind)) {
            case StoreVerdict.Retry() -> "retry";
            case StoreVerdict.Stop(var reason) -> reason.name();
        };
        String expected = switch (kind) {
            case UNREACHABLE, THROTTLED, FULL, READ_ONLY, DENIED, FAILED -> "retry";
            case EXISTS -> "DIVERGED";
            case MISSING, DAMAGED, WRONG_KEY -> "REPOSITORY_UNUSABLE";
        };
        assertThat(verdict).isEqualTo(expected);
    }
}
