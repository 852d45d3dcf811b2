package io.bulwark.persistence.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.archive.Timelines;
import io.bulwark.persistence.backup.PointInTime;
import io.bulwark.persistence.drill.DrillRequest.When;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupEnd;
import io.bulwark.persistence.repository.BackupStart;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ChosenTest {
    private static final Instant ONE = Instant.parse("2026-11-27T01:00:00.123456789Z");
    private static final Instant TWO = Instant.parse("2026-11-27T02:00:00Z");
    private static final List<Backup> BACKUPS = List.of(backup("one", ONE), backup("two", TWO));

    @Test
    void random_isAfterTheEndOfTheNewestBackup_andBeforeTheArchivesEnd() {
        Instant end = TWO.plusSeconds(100);
        TreeSet<Instant> seen = new TreeSet<>();
        for (long seed = 0; seed < 1_000; seed++) {
            Chosen chosen = choose(new When.Random(), Optional.of(end), seed);
            assertThat(chosen.backup().id()).isEqualTo("two");
            seen.add(instant(chosen));
        }
        assertThat(seen.first()).isAfter(TWO).isBefore(TWO.plusSeconds(2));
        assertThat(seen.last()).isBefore(end).isAfter(end.minusSeconds(2));
    }

    @Test
    void random_withNoTransactionAfterTheNewest_isAfterTheOneBefore() {
        for (long seed = 0; seed < 100; seed++) {
            Chosen chosen = choose(new When.Random(), Optional.of(ONE.plusNanos(2_000)), seed);
            assertThat(chosen.backup().id()).isEqualTo("one");
            assertThat(instant(chosen)).isEqualTo(Instant.parse("2026-11-27T01:00:00.123457Z"));
        }
    }

    @Test
    void random_afterARestore_isNotAfterABackupThatWasLeftBehind() {
        Timelines restored = Timelines.parse(2, "1\t0/2000119\tno recovery target specified\n");
        Chosen chosen = Chosen.by(
                new When.Random(), BACKUPS, restored, Optional.of(TWO.plusSeconds(9)), new SplittableRandom(1));
        assertThat(chosen).isEqualTo(new Chosen(BACKUPS.getLast(), Optional.empty()));
    }

    @Test
    void withoutLog_isTheEndOfTheNewestBackup() {
        for (When when : List.of(new When.Random(), new When.End())) {
            assertThat(choose(when, Optional.empty(), 1)).isEqualTo(new Chosen(BACKUPS.getLast(), Optional.empty()));
        }
        assertThat(choose(new When.Random(), Optional.of(ONE.minusSeconds(1)), 1))
                .isEqualTo(new Chosen(BACKUPS.getLast(), Optional.empty()));
    }

    @Test
    void endAndInstant_areAsTheyAreWanted() {
        assertThat(choose(new When.End(), Optional.of(ONE), 1))
                .isEqualTo(new Chosen(BACKUPS.getLast(), Optional.of(new PointInTime.End())));
        Instant between = ONE.plusSeconds(60);
        assertThat(choose(new When.At(between), Optional.empty(), 1))
                .isEqualTo(new Chosen(BACKUPS.getFirst(), Optional.of(new PointInTime.At(between))));
        assertThatThrownBy(() -> choose(new When.At(ONE.minusSeconds(1)), Optional.empty(), 1))
                .hasMessageContaining("nothing earlier can be restored");
        assertThatThrownBy(() -> Chosen.by(
                        new When.Random(), List.of(), Timelines.first(), Optional.of(ONE), new SplittableRandom(1)))
                .hasMessageContaining("There is no backup in the repository");
    }

    private static Chosen choose(When when, Optional<Instant> archiveEnd, long seed) {
        return Chosen.by(when, BACKUPS, Timelines.first(), archiveEnd, new SplittableRandom(seed));
    }

    private static Instant instant(Chosen chosen) {
        return ((PointInTime.At) chosen.point().orElseThrow()).time();
    }

    private static Backup backup(String id, Instant endedAt) {
        return new Backup(
                new BackupStart(id, BackupStart.Kind.FULL, Optional.empty(), "7", 180_006, 1, "", Map.of()),
                new BackupEnd("0/2000028", "0/2000120", endedAt.minusSeconds(60), endedAt),
                List.of());
    }
}
