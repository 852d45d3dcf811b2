package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.archive.ArchiverSettings.Durability;
import io.bulwark.persistence.archive.ArchiverSettings.OnGap;
import io.bulwark.persistence.archive.ArchiverStatus.Slot;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchiverSettingsTest {
    @ParameterizedTest
    @CsvSource({
        "Upper, archiver, 16777216, 10, slot is 'Upper'",
        "'', archiver, 16777216, 10, slot is ''",
        "slot, with-dash, 16777216, 10, applicationName is 'with-dash'",
        "slot, 1st, 16777216, 10, applicationName is '1st'",
        "slot, archiver, 16777215, 10, retainedBytesMax is 16777215",
        "slot, archiver, 16777216, 1, silenceMax is PT1S"
    })
    void settingOutsideItsRange_isNamed(String slot, String application, long retained, int silence, String message) {
        assertThatThrownBy(() -> new ArchiverSettings(
                        slot,
                        application,
                        Durability.ASYNCHRONOUS,
                        OnGap.STOP,
                        retained,
                        Duration.ofSeconds(silence),
                        Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "reserved, 99, ''",
        "reserved, 100, ''",
        "extended, 101, keeps 101 bytes",
        "unreserved, 5, is about to drop",
        "lost, 0, has dropped"
    })
    void alarm_isRaisedWhenTheServerKeepsTooMuchOrIsAboutToDropIt(String walStatus, long retained, String alarm) {
        Slot slot = new Slot(Optional.empty(), walStatus, OptionalLong.empty(), retained, false);
        assertThat(slot.alarm(100).orElse("")).contains(alarm);
        assertThat(slot.alarm(100).isPresent()).isEqualTo(!alarm.isEmpty());
    }

    @Test
    void pause_growsUpToTheLongest() {
        Pause pause = Pause.FIRST;
        for (int attempt = 0; attempt < 20; attempt++) {
            assertThat(pause.next().length()).isGreaterThanOrEqualTo(pause.length());
            pause = pause.next();
        }
        assertThat(pause.length()).isEqualTo(Pause.LONGEST);
    }
}
