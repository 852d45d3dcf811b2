package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart;
import io.bulwark.persistence.repository.BackupStart.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BackupPlanTest {
    private static final ServerFacts SERVER = new ServerFacts(TestBackups.SYSTEM, 1, 180_006, 8192, true, true, "");
    private static final Backup FULL = backup("f1", Kind.FULL, "");
    private static final Backup FIRST = backup("i1", Kind.INCREMENTAL, "f1");
    private static final Backup SECOND = backup("i2", Kind.INCREMENTAL, "i1");
    private static final Backup DIFFERENTIAL = backup("d1", Kind.DIFFERENTIAL, "f1");
    private static final List<Backup> ALL = List.of(FULL, FIRST, SECOND, DIFFERENTIAL);

    @Test
    void incremental_buildsOnTheLast_differentialOnTheLastFull() {
        assertThat(choose(Kind.INCREMENTAL, ALL, SERVER)).isEqualTo(new BackupPlan.Changes(DIFFERENTIAL));
        assertThat(choose(Kind.INCREMENTAL, List.of(FULL), SERVER)).isEqualTo(new BackupPlan.Changes(FULL));
        assertThat(choose(Kind.DIFFERENTIAL, ALL, SERVER)).isEqualTo(new BackupPlan.Changes(FULL));
        Backup later = backup("f2", Kind.FULL, "");
        assertThat(choose(Kind.DIFFERENTIAL, List.of(FULL, FIRST, later), SERVER))
                .isEqualTo(new BackupPlan.Changes(later));
    }

    @Test
    void full_isNeverForced() {
        assertThat(choose(Kind.FULL, ALL, SERVER)).isEqualTo(new BackupPlan.Full(Optional.empty()));
        assertThat(choose(Kind.FULL, List.of(), SERVER)).isEqualTo(new BackupPlan.Full(Optional.empty()));
    }

    @Test
    void whatCannotBeBuiltOn_forcesAFullOneAndSaysWhy() {
        record Case(ServerFacts server, List<Backup> earlier, String why) {}
        for (Case wanted : List.of(
                new Case(SERVER, List.of(), "no earlier backup"),
                new Case(new ServerFacts("2", 1, 180_006, 8192, true, true, ""), ALL, "this server is 2"),
                new Case(
                        new ServerFacts(TestBackups.SYSTEM, 2, 180_006, 8192, true, true, ""),
                        ALL,
                        "the server is on 2"),
                new Case(new ServerFacts(TestBackups.SYSTEM, 1, 180_006, 8192, true, true, "a1"), ALL, "was restored"),
                new Case(new ServerFacts(TestBackups.SYSTEM, 1, 160_004, 8192, false, true, ""), ALL, "PostgreSQL 16"),
                new Case(
                        new ServerFacts(TestBackups.SYSTEM, 1, 180_006, 8192, false, true, ""),
                        ALL,
                        "summarize_wal is off"),
                new Case(new ServerFacts(TestBackups.SYSTEM, 1, 180_006, 4096, true, true, ""), ALL, "4096 bytes"),
                new Case(SERVER, List.of(FULL, otherSystem()), "is of the system 8"))) {
            for (Kind kind : List.of(Kind.INCREMENTAL, Kind.DIFFERENTIAL)) {
                assertThat(choose(kind, wanted.earlier(), wanted.server()))
                        .isInstanceOfSatisfying(
                                BackupPlan.Full.class,
                                full -> assertThat(full.forced().orElse(""))
                                        .as(wanted.toString())
                                        .contains(wanted.why()));
            }
        }
    }

    @Test
    void chainWithAGap_forcesAFullOneForAnIncrementalOnly() {
        List<Backup> gap = List.of(FULL, SECOND);
        assertThat(choose(Kind.INCREMENTAL, gap, SERVER))
                .isInstanceOfSatisfying(
                        BackupPlan.Full.class,
                        full -> assertThat(full.forced().orElse("")).contains("i2 builds on i1"));
        assertThat(choose(Kind.DIFFERENTIAL, gap, SERVER)).isEqualTo(new BackupPlan.Changes(FULL));
    }

    @Test
    void differentialWithoutAFull_isAFull() {
        assertThat(choose(Kind.DIFFERENTIAL, List.of(FIRST), SERVER)).isInstanceOf(BackupPlan.Full.class);
    }

    private static BackupPlan choose(Kind kind, List<Backup> earlier, ServerFacts server) {
        return BackupPlan.choose(kind, earlier, server);
    }

    private static Backup backup(String id, Kind kind, String parent) {
        return TestBackups.listed(
                TestBackups.start(id, kind, parent.isEmpty() ? Optional.empty() : Optional.of(parent)));
    }

    private static Backup otherSystem() {
        return TestBackups.listed(new BackupStart("x", Kind.FULL, Optional.empty(), "8", 180_006, 1, "", Map.of()));
    }
}
