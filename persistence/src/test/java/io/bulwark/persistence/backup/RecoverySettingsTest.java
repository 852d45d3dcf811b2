package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecoverySettingsTest {
    private static final String COMMAND = "fetch '%f' \"%p\"";

    @Test
    void everyPoint_isTheLastTargetAndTheOnlyOne() {
        record Case(PointInTime point, String line) {}
        for (Case wanted : new Case[] {
            new Case(new PointInTime.End(), ""),
            new Case(
                    new PointInTime.At(Instant.parse("2026-11-27T03:15:00.1234567Z")),
                    "recovery_target_time = '2026-11-27 03:15:00.123456+00'"),
            new Case(PointInTime.Lsn.parse("1A/2B"), "recovery_target_lsn = '1A/2B'"),
            new Case(new PointInTime.NamedPoint("it's"), "recovery_target_name = 'it''s'"),
        }) {
            String text = rewrite("recovery_target_xid = '7'\n", Optional.of(new Recovery(wanted.point(), COMMAND)));
            List<String> targets = text.lines()
                    .filter(line -> line.matches("recovery_target(_(time|lsn|name|xid))? = '.+'"))
                    .toList();
            assertThat(targets).isEqualTo(wanted.line().isEmpty() ? List.of() : List.of(wanted.line()));
            assertThat(text)
                    .contains("restore_command = 'fetch ''%f'' \"%p\"'\n")
                    .contains("recovery_target_action = 'promote'\n")
                    .contains("bulwark.lineage = 'a1'\n");
        }
    }

    @Test
    void withoutAnArchive_theCommandFails_andWhatElseIsSetStays() {
        String text = rewrite(
                "# kept\nwork_mem = '8MB'\nrestore_command = 'old'\nbulwark.lineage = 'old'\n", Optional.empty());
        assertThat(text)
                .startsWith("# kept\nwork_mem = '8MB'\n")
                .contains("restore_command = 'false'\n")
                .doesNotContain("old")
                .endsWith("synchronous_standby_names = ''\n");
    }

    @Test
    void label_ofACombinedBackup_isThatOfAFullOne() {
        assertThat(RecoverySettings.wholeLabel(
                        "START WAL LOCATION: 0/2\nLABEL: x\nINCREMENTAL FROM LSN: 0/1\nINCREMENTAL FROM TLI: 1\n"))
                .isEqualTo("START WAL LOCATION: 0/2\nLABEL: x\n");
    }

    @Test
    void whatNoServerWouldTake_isRefused() {
        assertThatThrownBy(() -> PointInTime.Lsn.parse("0-1")).hasMessageContaining("The LSN is '0-1'");
        assertThatThrownBy(() -> PointInTime.Lsn.parse("0/0")).hasMessageContaining("0/0");
        assertThatThrownBy(() -> new PointInTime.NamedPoint("")).hasMessageContaining("1 to 63");
        assertThatThrownBy(() -> new Recovery(new PointInTime.End(), "cp %f x")).hasMessageContaining("%p");
        assertThatThrownBy(() -> new Recovery(new PointInTime.End(), "cp %f %p\nx"))
                .hasMessageContaining("one line");
    }

    private static String rewrite(String before, Optional<Recovery> recovery) {
        return RecoverySettings.rewrite(before, recovery, Map.of("synchronous_standby_names", ""), "a1");
    }
}
