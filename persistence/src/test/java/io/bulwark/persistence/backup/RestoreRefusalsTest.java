package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.backup.TestBackups.Content;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups that no server made, most of them bad: nothing of a bad one may be left where it was to be restored. */
class RestoreRefusalsTest {
    @TempDir
    Path directory;

    private Repository repository;
    private Restore restore;
    private Path target;

    @BeforeEach
    void open() throws IOException {
        repository = TestBackups.repository(directory.resolve("repository"));
        restore = new Restore(repository, new SplittableRandom(1));
        target = directory.resolve("deep/target");
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void smallestBackup_isRestoredForItsOwnerOnly() throws IOException {
        store(Content.minimal().special("./pg_wal/", '5', "").unlisted("pg_wal/000000010000000000000002", "wal"));
        Restored restored = restore.restore(RestoreRequest.of("f", target), Progress.SILENT);
        assertThat(restored.files()).isEqualTo(2);
        assertThat(target.resolve("global/pg_control")).hasContent("control");
        assertThat(target.resolve("pg_wal/000000010000000000000002")).hasContent("wal");
        assertThat(target.resolve("recovery.signal")).isEmptyFile();
        for (Path path : Contents.of(target).all()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .as(path.toString())
                    .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
        }
    }

    @Test
    void pathsOutside_andWhatIsNoFile_areRefusedAndNothingIsLeft() throws IOException {
        int number = 0;
        for (Content bad : List.of(
                Content.minimal().file("../evil", "x"),
                Content.minimal().file("base/../../../evil", "x"),
                Content.minimal().file("/evil", "x"),
                Content.minimal().file("base//evil", "x"),
                Content.minimal().file("./../evil", "x"),
                Content.minimal().file(".//evil", "x"),
                Content.minimal().special("./", '5', ""),
                Content.minimal().file("pg_wal/../../evil", "x"),
                Content.minimal().special("base/link", '2', "/etc"),
                Content.minimal().special("pg_tblspc/x", '2', "/etc"),
                Content.minimal().special("base/hard", '1', "backup_label"),
                Content.minimal().special("base/pipe", '6', ""),
                Content.minimal().special("base/device", '3', ""),
                Content.minimal().file("pg_tblspc/16385/file", "x"))) {
            refused(bad, "bad" + number++, "");
            assertThat(directory.resolve("evil")).doesNotExist();
            assertThat(directory.resolve("deep/evil")).doesNotExist();
        }
    }

    @Test
    void whatIsNotAsTheManifestSays_isRefusedByName() throws IOException {
        refused(Content.minimal().unlisted("base/1/2", "x"), "unlisted", "base/1/2");
        refused(Content.minimal().missing("base/1/3"), "missing", "base/1/3");
        refused(Content.minimal().file("base/1/INCREMENTAL.4", "x"), "patch", "changed pages of base/1/4");
        refused(Content.minimal().missing("base/1/5").unlisted("base/1/5", "y"), "changed", "SHA-256");
    }

    @Test
    void targetWithSomethingInIt_isRefusedAndKept() throws IOException {
        store(Content.minimal());
        Files.createDirectories(target);
        Files.writeString(target.resolve("precious"), "mine");
        assertThatThrownBy(() -> restore.restore(RestoreRequest.of("f", target), Progress.SILENT))
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining(target + " is not empty: there is precious");
        assertThat(target.resolve("precious")).hasContent("mine");
        Path file = target.resolve("precious");
        assertThatThrownBy(() -> restore.dryRun(RestoreRequest.of("f", file))).hasMessageContaining("is a file");
    }

    @Test
    void emptyTarget_isTaken_evenWhenOthersCouldReadIt() throws IOException {
        store(Content.minimal());
        Files.createDirectories(target);
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        restore.restore(RestoreRequest.of("f", target), Progress.SILENT);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rwx------");
    }

    @Test
    void unknownBackup_isRefusedWithThoseThatAreThere() throws IOException {
        assertThatThrownBy(() -> restore.dryRun(RestoreRequest.of("g", target))).hasMessageContaining("it has none");
        store(Content.minimal());
        assertThatThrownBy(() -> restore.dryRun(RestoreRequest.of("g", target)))
                .hasMessageContaining("no backup g: the newest are f");
    }

    @Test
    void withoutWal_aRestoreCommandIsNeeded() throws IOException {
        BackupStart start =
                new BackupStart("f", Kind.FULL, Optional.empty(), TestBackups.SYSTEM, 180_006, 1, "", Map.of());
        Content.minimal().store(repository, start);
        RestoreRequest alone = RestoreRequest.of("f", target);
        assertThatThrownBy(() -> restore.dryRun(alone)).hasMessageContaining("give a restore command");
        assertThat(restore.dryRun(alone.withRecovery(new PointInTime.End(), "cp /archive/%f %p"))
                        .chain())
                .hasSize(1);
    }

    @Test
    void pointBeforeTheEndOfTheBackup_isRefused() throws IOException {
        store(Content.minimal());
        RestoreRequest request = RestoreRequest.of("f", target);
        for (PointInTime early : List.of(
                new PointInTime.At(TestBackups.end().endedAt().minusMillis(1)), PointInTime.Lsn.parse("0/200011F"))) {
            assertThatThrownBy(() -> restore.dryRun(request.withRecovery(early, "cp %f %p")))
                    .hasMessageContaining("is before that: take an earlier backup");
        }
        for (PointInTime late :
                List.of(new PointInTime.At(TestBackups.end().endedAt()), PointInTime.Lsn.parse("0/2000120"))) {
            assertThat(restore.dryRun(request.withRecovery(late, "cp %f %p")).reads())
                    .hasSize(2);
        }
    }

    @Test
    void dryRun_readsAndWritesNothing_andCountsWhatARestoreReads() throws IOException {
        Backup backup = store(Content.minimal());
        RestorePlan plan = restore.dryRun(RestoreRequest.of("f", target));
        assertThat(plan.reads()).extracting(RestorePlan.Read::part).containsExactly("backup_manifest", "base.tar");
        assertThat(plan.plainBytes())
                .isEqualTo(backup.parts().stream()
                        .mapToLong(Backup.Part::plainBytes)
                        .sum());
        assertThat(directory.resolve("deep")).doesNotExist();
        long[] last = new long[2];
        restore.restore(RestoreRequest.of("f", target), (done, total) -> {
            last[0] = done;
            last[1] = total;
        });
        assertThat(last).containsExactly(plan.plainBytes(), plan.plainBytes());
    }

    @Test
    void missingParent_isNamed() throws IOException {
        Backup full = store(Content.minimal());
        Content.minimal().store(repository, TestBackups.start("i", Kind.INCREMENTAL, Optional.of("f")));
        TestBackups.store(directory.resolve("repository")).delete("backups/f/index.json");
        assertThat(full.id()).isEqualTo("f");
        assertThatThrownBy(() -> restore.dryRun(RestoreRequest.of("i", target)))
                .hasMessageContaining("i builds on f, which the repository does not have");
    }

    private Backup store(Content content) throws IOException {
        return content.store(repository, TestBackups.start("f", Kind.FULL, Optional.empty()));
    }

    private void refused(Content bad, String id, String named) throws IOException {
        bad.store(repository, TestBackups.start(id, Kind.FULL, Optional.empty()));
        assertThatThrownBy(() -> restore.restore(RestoreRequest.of(id, target), Progress.SILENT))
                .as(id)
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining(id)
                .hasMessageContaining(named);
        assertThat(Contents.of(target).all()).isEmpty();
    }
}
