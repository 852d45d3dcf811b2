package io.bulwark.persistence.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulwark.persistence.backup.Progress;
import io.bulwark.persistence.backup.Restore;
import io.bulwark.persistence.backup.RestoreRequest;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.drill.DrillReport.Phase;
import io.bulwark.persistence.drill.DrillReport.TableRows;
import io.bulwark.persistence.drill.DrillReport.Timed;
import io.bulwark.persistence.drill.DrillRequest.When;
import io.bulwark.persistence.drill.Finding.Outcome;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.schema.Migrations;
import io.bulwark.persistence.scratch.Past;
import io.bulwark.persistence.scratch.ScratchServer;
import io.bulwark.persistence.scratch.ScratchSettings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One server with Bulwark's schema, whole at an instant and broken in several ways at the end of its log. */
class DrillTest {
    @TempDir
    static Path past;

    private static Past source;
    private static Backup backup;
    private static Instant whole;

    @TempDir
    Path folder;

    private final ScratchSettings settings = ScratchSettings.with(Servers.programs());

    @BeforeAll
    static void makeThePast() throws IOException {
        source = Past.in(past);
        try (var pool = source.database().pool("test-migrations", 1)) {
            new Migrations(pool).up();
        }
        source.execute(
                operations("a"),
                "INSERT INTO tenant SELECT 't' || g, 1, 'active' FROM generate_series(0, 2) g",
                events("guard|t0", 4, 9),
                events("guard|t1", 1, 9),
                events("guard|t2", 1, 1),
                events("services", 1, 3),
                snapshot("guard|t0", 3),
                snapshot("guard|t0", 8),
                snapshot("guard|t1", 4),
                "CREATE TABLE plain (n int)",
                "INSERT INTO plain SELECT generate_series(1, 2000)",
                "CREATE FUNCTION public.mirrored(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT n'",
                "CREATE INDEX plain_mirrored ON plain (public.mirrored(n))");
        backup = source.backup(Kind.FULL);
        source.execute(operations("b"));
        whole = source.now();
        source.execute(
                "CREATE OR REPLACE FUNCTION public.mirrored(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT -n'",
                "SELECT setval('operation_token', 10)",
                "DELETE FROM event_journal WHERE persistence_id = 'guard|t1' AND sequence_number = 6",
                snapshot("services", 4));
        source.archive();
    }

    private static String operations(String prefix) {
        return "INSERT INTO operation SELECT 't' || g % 3, '" + prefix
                + "' || g, 'f', 2, nextval('operation_token'), 1,"
                + " gen_random_uuid(), NULL, 201, '{}', '\\x00', true, now(), now(), now() + interval '1 day'"
                + " FROM generate_series(1, 30) g";
    }

    private static String events(String id, int from, int to) {
        return "INSERT INTO event_journal (persistence_id, sequence_number, writer, event_ser_id, event_ser_manifest,"
                + " event_payload) SELECT '" + id + "', g, 'w', 1, 'm', '\\x00' FROM generate_series(" + from + ", "
                + to + ") g";
    }

    private static String snapshot(String id, int sequence) {
        return "INSERT INTO snapshot VALUES ('" + id + "', " + sequence + ", 1, 1, 'm', '\\x00')";
    }

    @AfterAll
    static void close() {
        source.close();
    }

    @Test
    void wholeInstant_passes_andIsTheSameEachTime() throws Exception {
        DrillReport report = drill(new When.At(whole), source.repository(), source.database());
        assertThat(report.findings())
                .allSatisfy(finding ->
                        assertThat(finding.outcome()).as(finding.what()).isEqualTo(Outcome.OK));
        assertThat(report.findings())
                .extracting(Finding::check)
                .containsSubsequence("files", "structure", "rows", "ledger", "journal", "tenants");
        assertThat(report.passed()).isTrue();
        assertThat(report.backupId()).contains(backup.id());
        assertThat(report.point()).contains(whole);
        assertThat(report.tables())
                .contains(new TableRows("bulwark", "operation", 60), new TableRows("bulwark", "plain", 2_000));
        assertThat(report.phases()).extracting(Timed::phase).containsExactly(Phase.values());
        assertThat(report.recoveryTime())
                .hasValueSatisfying(time -> assertThat(time).isPositive());
        assertThat(report.replayedTo())
                .hasValueSatisfying(time -> assertThat(time)
                        .isBeforeOrEqualTo(whole)
                        .isAfter(backup.end().endedAt().minusSeconds(1)));
        assertThat(report.hashes())
                .filteredOn(hash -> hash.tenant().equals("t1"))
                .hasSize(4);
        assertThat(drill(new When.At(whole), source.repository(), source.database())
                        .hashes())
                .isEqualTo(report.hashes());
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatIsBroken_isFoundAndNamed() throws Exception {
        DrillReport report = drill(new When.End(), source.repository(), source.database());
        assertThat(report.passed()).isFalse();
        assertThat(failed(report, "structure")).contains("plain_mirrored", "lacks matching index tuple");
        assertThat(failed(report, "ledger")).contains("the next token is higher", "with token");
        assertThat(failed(report, "journal"))
                .contains("no event is missing that a recovery reads: guard|t1")
                .contains("no snapshot is ahead of its events: services at 4");
        assertThat(report.archiveEnd()).isPresent().isEqualTo(report.replayedTo());
        assertThat(report.recoveryPoint())
                .contains(Duration.ofMillis(Duration.between(report.archiveEnd().orElseThrow(), report.begunAt())
                        .toMillis()));
    }

    @Test
    void pageThatIsDamaged_isFound() throws Exception {
        Path data = folder.resolve("data");
        new Restore(source.repository(), new SplittableRandom(1))
                .restore(RestoreRequest.of(backup.id(), data), Progress.SILENT);
        String file = Past.one(source.database(), "SELECT pg_relation_filepath('plain')");
        try (RandomAccessFile page = new RandomAccessFile(data.resolve(file).toFile(), "rw")) {
            page.seek(8192 + 4_000);
            flip(page);
        }
        try (ScratchServer server = ScratchServer.start(data, source.database(), settings);
                Questions questions = Questions.to(server.database(), Duration.ofMinutes(1))) {
            assertThat(Structure.of(questions, "bulwark").outcome()).isEqualTo(Outcome.FAILED);
            assertThat(Structure.of(questions, "bulwark").what()).contains("plain: ", "invalid page in block 1");
            Rows rows = new Rows();
            rows.count(questions, "bulwark");
            assertThat(rows.finding().outcome()).isEqualTo(Outcome.FAILED);
            assertThat(rows.finding().what()).contains("bulwark.plain");
        }
    }

    @Test
    void whatCannotBeRestored_isAFindingInAReportThatIsKept() throws Exception {
        Path copy = copyOfTheRepository();
        try (Repository damaged = Past.repository(copy)) {
            Drills drills = new Drills(damaged);
            assertThat(drills.list(10).reports()).isEmpty();
            DrillReport early = drill(new When.At(backup.end().endedAt().minusSeconds(1)), damaged, source.database());
            assertThat(failed(early, "choose")).contains("nothing earlier can be restored");
            DrillReport late = drill(new When.At(whole.plusSeconds(3_600)), damaged, source.database());
            assertThat(failed(late, "start")).contains("after the last transaction of the log");
            assertThat(late.recoveryTime()).isEmpty();

            String object = "backups/" + backup.id() + "/base.tar";
            Past.store(copy).flip(object, Past.store(copy).read(object).length / 2);
            DrillReport broken = drill(new When.End(), damaged, source.database());
            assertThat(failed(broken, "restore")).contains("base.tar");
            for (DrillReport report : List.of(early, late, broken)) {
                drills.keep(report);
            }
            assertThat(drills.list(10).reports()).containsExactlyInAnyOrder(early, late, broken);
            assertThat(drills.list(10).unreadable()).isEmpty();
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
    void otherDatabase_isCheckedWithoutBulwarksRules() throws Exception {
        String url = source.database().url();
        Database postgres = new Database(
                url.substring(0, url.lastIndexOf('/')) + "/postgres",
                source.database().user(),
                source.database().password());
        DrillReport report = drill(new When.At(whole), source.repository(), postgres);
        assertThat(report.passed()).isTrue();
        assertThat(report.findings())
                .filteredOn(finding -> finding.outcome() == Outcome.NOT_POSSIBLE)
                .extracting(Finding::check)
                .containsExactly("ledger", "journal", "tenants");
    }

    @Test
    void folderThatIsAFile_isAFinding() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        DrillReport report = new Drill(source.repository(), new SplittableRandom(1), InstantSource.system())
                .run(DrillRequest.of(new When.End(), file, source.database(), settings), Drill.Watcher.SILENT);
        assertThat(failed(report, "choose")).contains(file + " is a file: expected a folder");
    }

    /** Needs a small file system, which only root can make, and not everywhere. */
    @ParameterizedTest
    @CsvSource({"4, restore, MiB free in", "60, fetch, give a folder with more space"})
    void diskThatIsTooSmall_isAFinding(int mebibytes, String check, String sentence) throws Exception {
        String options = "size=" + mebibytes + "m";
        assumeTrue(run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString()) == 0, "No tmpfs here");
        try {
            DrillReport report = drill(new When.End(), source.repository(), source.database());
            assertThat(failed(report, check)).contains(sentence);
            assertThat(folder).isEmptyDirectory();
        } finally {
            assertThat(run("umount", folder.toString())).isZero();
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void interrupted_inAnyPhase_endsAndLeavesNothing() {
        for (Phase phase : Boolean.getBoolean("bulwark.long")
                ? List.of(Phase.RESTORE, Phase.FETCH, Phase.START, Phase.CHECK)
                : List.of(Phase.START)) {
            assertThatThrownBy(() -> interruptedIn(phase)).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).as(phase.toString()).isTrue();
            assertThat(folder).as(phase.toString()).isEmptyDirectory();
        }
    }

    private void interruptedIn(Phase phase) throws IOException {
        new Drill(source.repository(), new SplittableRandom(1), InstantSource.system())
                .run(DrillRequest.of(new When.End(), folder, source.database(), settings), new Drill.Watcher() {
                    @Override
                    public void moved(long bytesDone, long bytesTotal) {}

                    @Override
                    public void begins(Phase next) {
                        if (next == phase) {
                            Thread.currentThread().interrupt();
                        }
                    }
                });
    }

    private DrillReport drill(When when, Repository repository, Database credentials) throws IOException {
        return new Drill(repository, new SplittableRandom(System.nanoTime()), InstantSource.system())
                .run(DrillRequest.of(when, folder, credentials, settings), Drill.Watcher.SILENT);
    }

    private static String failed(DrillReport report, String check) {
        return report.findings().stream()
                .filter(finding -> finding.check().equals(check) && finding.outcome() == Outcome.FAILED)
                .map(Finding::what)
                .findFirst()
                .orElseThrow(() -> new AssertionError(report.findings().toString()));
    }

    private static void flip(RandomAccessFile file) throws IOException {
        long at = file.getFilePointer();
        int before = file.read();
        file.seek(at);
        file.write(before ^ 0x10);
    }

    private Path copyOfTheRepository() throws IOException {
        Path copy = Files.createDirectory(past.resolve("copy"));
        Files.copy(past.resolve("keys"), copy.resolve("keys"));
        Past.store(past).copyTo(Past.store(copy));
        return copy;
    }
}
