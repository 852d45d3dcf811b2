package io.bulwark.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What would be lost, and what there is to be alarmed about. */
class FreshnessTest {
    private static final Instant SINCE = Instant.parse("2026-11-27T00:00:00Z");

    private BackupState state = BackupState.EMPTY.apply(new BackupEvent.PolicyPut(0, BackupPolicy.DEFAULT, SINCE));

    private static ArchiveView archive(Optional<Instant> completeAt, Optional<String> trouble) {
        return new ArchiveView(
                ArchiveMode.ASYNCHRONOUS, "streaming", Optional.empty(), 0, 0, completeAt, false, trouble);
    }

    private void backup(Instant at) {
        long number = state.lastNumber() + 1;
        state = state.apply(new BackupEvent.Queued(number, BackupTask.Take.of(BackupKind.FULL, ""), "", at))
                .apply(new BackupEvent.Done(number, 1, "id", at));
    }

    @Test
    void withoutABackup_nothingIsKnown_andThereIsAnAlarmAfterAWhile() {
        assertThat(Freshness.of(state, archive(Optional.of(SINCE), Optional.empty()), SINCE, SINCE.plusSeconds(10)))
                .isEqualTo(new Freshness(Optional.empty(), Optional.empty(), java.util.List.of()));
        assertThat(Freshness.of(state, ArchiveView.OFF, SINCE, SINCE.plusSeconds(301))
                        .alarms())
                .singleElement()
                .asString()
                .contains("There is no backup yet");
    }

    @ParameterizedTest(name = "last backup {0}, archive complete {1}, now {2}: {3} missing, alarm: {4}")
    @CsvSource({
        "PT0S, PT50M, PT1H, PT10M, true",
        "PT0S, PT58M, PT1H, PT2M, false",
        "PT59M, , PT1H, PT1M, false",
        "PT10M, , PT1H, PT50M, true",
        "PT0S, PT61M, PT1H, PT0S, false",
    })
    void whatIsMissing_isCountedFromTheLaterOfBackupAndArchive(
            Duration backup, Duration complete, Duration now, Duration missing, boolean alarm) {
        backup(SINCE.plus(backup));
        Freshness fresh = Freshness.of(
                state,
                archive(Optional.ofNullable(complete).map(SINCE::plus), Optional.empty()),
                SINCE,
                SINCE.plus(now));

        assertThat(fresh.recoveryPoint()).hasValue(missing);
        assertThat(fresh.alarms().isEmpty()).isNotEqualTo(alarm);
    }

    @Test
    void aTroubleOfTheArchive_aFailedBackup_andADrillThatWasSlowOrFailed_areAlarms() {
        backup(SINCE);
        state = state.apply(new BackupEvent.Queued(2, new BackupTask.Take(BackupKind.FULL, "", Map.of()), "", SINCE))
                .apply(new BackupEvent.Failed(2, 3, "no space", SINCE, Optional.empty()))
                .apply(new BackupEvent.Drilled(new Measured(SINCE, false, Optional.of(Duration.ofHours(2)))));
        Freshness fresh = Freshness.of(state, archive(Optional.of(SINCE), Optional.of("store away")), SINCE, SINCE);

        assertThat(fresh.recoveryTime()).hasValue(Duration.ofHours(2));
        assertThat(fresh.alarms())
                .satisfiesExactly(
                        slow -> assertThat(slow).contains("PT2H", "PT1H"),
                        drill -> assertThat(drill).contains("The last drill failed"),
                        store -> assertThat(store).contains("store away"),
                        failed -> assertThat(failed).contains("run 2", "no space"));
    }

    @Test
    void aNewCoordinator_waitsForTheArchive_asLongAsTheObjectiveIs() {
        backup(SINCE);
        Instant from = SINCE.plus(Duration.ofDays(1));
        ArchiveView notYet = archive(Optional.empty(), Optional.empty());

        assertThat(Freshness.of(state, notYet, from, from.plusSeconds(299)).alarms())
                .isEmpty();
        assertThat(Freshness.of(state, notYet, from, from.plusSeconds(301)).alarms())
                .hasSize(1);
        assertThat(Freshness.of(state, ArchiveView.OFF, from, from.plusSeconds(1))
                        .alarms())
                .as("where there is no archive, there is nothing to wait for")
                .hasSize(1);
    }

    @Test
    void drillsThatDoNotCome_areAnAlarm() {
        backup(SINCE.plus(Duration.ofDays(9)));
        Freshness fresh = Freshness.of(state, ArchiveView.OFF, SINCE, SINCE.plus(Duration.ofDays(9)));

        assertThat(fresh.alarms()).singleElement().asString().contains("No drill has passed since " + SINCE);
    }
}
