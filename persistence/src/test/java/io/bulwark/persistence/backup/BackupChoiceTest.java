package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.archive.Timelines;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupEnd;
import io.bulwark.persistence.repository.BackupStart.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackupChoiceTest {
    private static final List<Backup> BACKUPS = List.of(
            backup("one", "0/2000100", "2026-11-27T01:00:00Z"),
            backup("two", "0/4000100", "2026-11-27T02:00:00.000000999Z"),
            backup("three", "0/6000100", "2026-11-27T03:00:00Z"));

    @ParameterizedTest
    @CsvSource(textBlock = """
            2026-11-27T01:00:00Z,        one
            2026-11-27T01:59:59.999999Z, one
            2026-11-27T02:00:00Z,        two
            2026-11-27T02:30:00Z,        two
            2027-01-01T00:00:00Z,        three
            """)
    void instant_takesTheLastThatEndedBefore(Instant instant, String chosen) {
        assertThat(choose(new PointInTime.At(instant)).id()).isEqualTo(chosen);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            0/2000100, one
            0/40000FF, one
            0/4000100, two
            1/0,       three
            """)
    void position_takesTheLastThatEndedBefore(String position, String chosen) {
        assertThat(choose(PointInTime.Lsn.parse(position)).id()).isEqualTo(chosen);
    }

    @Test
    void endNameOrNothing_takesTheLast() {
        assertThat(choose(new PointInTime.End()).id()).isEqualTo("three");
        assertThat(choose(new PointInTime.NamedPoint("before the upgrade")).id())
                .isEqualTo("three");
        assertThat(BackupChoice.of(BACKUPS, Timelines.first(), Optional.empty(), Optional.empty())
                        .id())
                .isEqualTo("three");
    }

    @Test
    void id_isTakenWhateverThePoint() {
        PointInTime late = new PointInTime.At(Instant.parse("2026-11-27T05:00:00Z"));
        assertThat(BackupChoice.of(BACKUPS, Timelines.first(), Optional.of("one"), Optional.of(late))
                        .id())
                .isEqualTo("one");
        assertThatThrownBy(() -> BackupChoice.of(BACKUPS, Timelines.first(), Optional.of("four"), Optional.of(late)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("There is no backup 'four'");
    }

    @Test
    void pointBeforeTheFirst_isRefusedWithWhereItEnded() {
        for (PointInTime early : List.of(
                new PointInTime.At(Instant.parse("2026-11-27T00:59:59.999999Z")), PointInTime.Lsn.parse("0/20000FF"))) {
            assertThatThrownBy(() -> choose(early))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("The first backup ended at 2026-11-27T01:00:00Z (0/2000100)");
        }
    }

    @Test
    void whatWasLeftBehindByARestore_isPassedOver() {
        Timelines restoredToTheFirst = Timelines.parse(2, "1\t0/2000200\tbefore 2026-11-27 01:30:00+00\n");
        PointInTime late = new PointInTime.At(Instant.parse("2026-11-27T05:00:00Z"));
        assertThat(BackupChoice.of(BACKUPS, restoredToTheFirst, Optional.empty(), Optional.of(late))
                        .id())
                .isEqualTo("one");
        assertThat(BackupChoice.of(BACKUPS, restoredToTheFirst, Optional.of("three"), Optional.of(late))
                        .id())
                .isEqualTo("three");
        assertThat(BackupChoice.of(BACKUPS, restoredToTheFirst, Optional.empty(), Optional.empty())
                        .id())
                .isEqualTo("three");
    }

    @Test
    void noBackup_isSaid() {
        assertThatThrownBy(() -> BackupChoice.of(List.of(), Timelines.first(), Optional.empty(), Optional.empty()))
                .hasMessageContaining("There is no backup in the repository");
    }

    private static Backup choose(PointInTime point) {
        return BackupChoice.of(BACKUPS, Timelines.first(), Optional.empty(), Optional.of(point));
    }

    private static Backup backup(String id, String endLsn, String endedAt) {
        Instant ended = Instant.parse(endedAt);
        return new Backup(
                TestBackups.start(id, Kind.FULL, Optional.empty()),
                new BackupEnd("0/1000028", endLsn, ended.minusSeconds(60), ended),
                List.of());
    }
}
