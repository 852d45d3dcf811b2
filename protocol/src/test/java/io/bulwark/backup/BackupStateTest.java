package io.bulwark.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the journal says of an archiver at the server. */
class BackupStateTest {
    private static final Instant AT = Instant.parse("2026-11-27T00:00:00Z");

    /** Modes are policies that are put; a dash: what the server kept is taken away. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "OFF, false",
        "ASYNCHRONOUS, true",
        "SYNCHRONOUS, true",
        "SYNCHRONOUS OFF, true",
        "SYNCHRONOUS OFF OFF, true",
        "SYNCHRONOUS OFF -, false",
        "SYNCHRONOUS OFF - OFF, false",
        "SYNCHRONOUS OFF - ASYNCHRONOUS, true",
        "SYNCHRONOUS -, true"
    })
    void archiver_mayHaveLeftSomething_untilThatIsTakenAway(String story, boolean atServer) {
        BackupState state =
                BackupState.EMPTY.apply(put(ArchiveMode.OFF)).apply(new BackupEvent.ArchiveTakenAway(1, AT));
        for (String step : Arrays.asList(story.split(" ", -1))) {
            state = state.apply(
                    step.equals("-") ? new BackupEvent.ArchiveTakenAway(1, AT) : put(ArchiveMode.valueOf(step)));
        }
        assertThat(state.archiveAtServer()).isEqualTo(atServer);
    }

    private static BackupEvent put(ArchiveMode mode) {
        return new BackupEvent.PolicyPut(
                1, new BackupPolicy(List.of(), Retention.DEFAULT, Objectives.DEFAULT, mode, 0, true), AT);
    }
}
