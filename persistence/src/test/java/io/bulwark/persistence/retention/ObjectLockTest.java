package io.bulwark.persistence.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.backup.Retention;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupWriter;
import io.bulwark.persistence.repository.HinderedStore;
import io.bulwark.persistence.repository.HinderedStore.Locked;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.TestStore;
import io.bulwark.persistence.retention.Pruning.Permission;
import io.bulwark.persistence.retention.Pruning.Pruned;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that lets go of no object within a month, which is longer than retention keeps backups. */
class ObjectLockTest {
    private static final Duration LOCKED = Duration.ofDays(30);
    private static final Retention NEWEST = new Retention(1, Duration.ZERO, 0, 0, 0, 0, "UTC", Duration.ZERO);

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-01T03:00:00Z");
    private TestStore at;
    private Repository repository;

    @BeforeEach
    void open() throws StoreTrouble {
        at = TestStore.at(directory.resolve("store"));
        KeyRing keys = KeyRing.ofEnvironment(Map.of("KEYS", KeyRing.newLine("k1")), "KEYS");
        repository =
                Repository.open(new HinderedStore(at.open(() -> now), new Locked(LOCKED, () -> now)), keys, () -> now);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private Backup write(String id, Optional<String> parent, int segment) throws IOException {
        Backup backup = PruningTest.write(repository, id, parent, 1, segment);
        repository.wal().put(PruningTest.segment(segment), new ByteArrayInputStream(new byte[64]));
        return backup;
    }

    private Pruned prune() throws IOException {
        return new Pruning(repository, NEWEST).run(now, Permission.GIVEN);
    }

    @Test
    void backupsAndLog_areWrittenReadAndVerified() throws IOException {
        Backup backup = write("a", Optional.empty(), 1);
        assertThat(repository.verify(backup).intact()).isTrue();
        try (InputStream part = repository.read(backup, "base.tar")) {
            assertThat(new String(part.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("a");
        }
        repository.wal().put(PruningTest.segment(1), new ByteArrayInputStream(new byte[64]));
        assertThat(repository.wal().names()).hasSize(1);
    }

    @Test
    void whatIsLocked_staysWholeAndListed_andGoesWhenTheLockIsOver() throws IOException {
        Backup full = write("a", Optional.empty(), 1);
        Backup next = write("a1", Optional.of("a"), 2);
        now = now.plus(Duration.ofDays(20));
        write("b", Optional.empty(), 3);

        for (int attempt = 0; attempt < 2; attempt++) {
            Pruned pruned = prune();
            assertThat(pruned.backups()).isEmpty();
            assertThat(pruned.walFiles()).isZero();
            assertThat(pruned.held().keySet()).containsExactly("a1", "a", PruningTest.segment(1));
            assertThat(pruned.held().get("a1")).contains("backups/a1/index.json", "the object is locked");
            assertThat(pruned.held().get("a")).isEqualTo("needed by a1");
            assertThat(repository.backups()).extracting(Backup::id).containsExactlyInAnyOrder("a", "a1", "b");
            assertThat(repository.verify(full).intact()).isTrue();
            assertThat(repository.verify(next).intact()).isTrue();
            assertThat(repository.wal().names()).hasSize(3);
        }

        now = now.plus(Duration.ofDays(11));
        Pruned pruned = prune();
        assertThat(pruned.backups()).containsExactly("a1", "a");
        assertThat(pruned.walFiles()).isEqualTo(2);
        assertThat(repository.backups()).extracting(Backup::id).containsExactly("b");
        assertThat(at.keys("backups/a")).containsExactly("backups/a/deleted", "backups/a1/deleted");
    }

    @Test
    void oneThatIsLocked_doesNotKeepTheOthers() throws IOException {
        write("a", Optional.empty(), 1);
        now = now.plus(LOCKED);
        write("b", Optional.empty(), 2);
        now = now.plus(Duration.ofDays(1));
        write("c", Optional.empty(), 3);

        Pruned pruned = prune();
        assertThat(pruned.backups()).containsExactly("a");
        assertThat(pruned.held().keySet()).containsExactly("b", PruningTest.segment(2));
        assertThat(pruned.walFiles()).isOne();
        assertThat(repository.backups()).extracting(Backup::id).containsExactlyInAnyOrder("b", "c");
    }

    @Test
    void theMarkOfARemoval_isLockedToo_andGoesWithALaterSweep() throws IOException {
        write("a", Optional.empty(), 1);
        now = now.plus(LOCKED);
        write("b", Optional.empty(), 2);
        assertThat(prune().backups()).containsExactly("a");
        assertThat(at.keys("backups/a/")).containsExactly("backups/a/deleted");
        assertThat(prune().unfinished())
                .as("nothing is left that could be told of")
                .isEmpty();
        assertThatThrownBy(() -> write("a", Optional.empty(), 3))
                .hasMessageContaining("the mark of one that was removed");

        now = now.plus(LOCKED);
        prune();
        assertThat(at.keys("backups/a/")).isEmpty();
    }

    @Test
    void backupThatBreaksOff_isNotListed_andGoesWhenTheLockIsOver() throws IOException {
        try (BackupWriter writer = repository.begin(PruningTest.start("a", Optional.empty()))) {
            writer.part("base.tar").close();
        }
        write("b", Optional.empty(), 2);
        now = now.plus(Duration.ofDays(3));
        assertThat(prune().unfinished()).isEmpty();
        assertThat(repository.backups()).extracting(Backup::id).containsExactly("b");

        now = now.plus(LOCKED);
        assertThat(prune().unfinished()).containsExactly("a");
        assertThat(at.keys("backups/a/")).isEmpty();
    }

    @Test
    void deletionThatIsAskedFor_isRefused_andChangesNothing() throws IOException {
        Backup backup = write("a", Optional.empty(), 1);
        assertThatThrownBy(() -> repository.delete(backup))
                .isInstanceOfSatisfying(
                        StoreTrouble.class,
                        trouble -> assertThat(trouble.kind()).isEqualTo(StoreTrouble.Kind.DENIED));
        assertThat(repository.backups()).containsExactly(backup);
        assertThat(repository.verify(backup).intact()).isTrue();
    }
}
