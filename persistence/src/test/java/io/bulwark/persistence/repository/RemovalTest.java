package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertKind;
import static io.bulwark.persistence.repository.Rig.end;
import static io.bulwark.persistence.repository.Rig.full;
import static io.bulwark.persistence.repository.Rig.incremental;
import static io.bulwark.persistence.repository.Rig.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.HinderedStore.Breaking;
import io.bulwark.persistence.repository.HinderedStore.Call;
import io.bulwark.persistence.repository.ObjectStore.Stored;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleting, sweeping, and what is left when either, or the writing of a backup, breaks off. */
class RemovalTest {
    private static final Duration A_DAY = Duration.ofDays(1);

    @TempDir
    Path directory;

    private Rig rig;
    private Repository repository;

    @BeforeEach
    void open() throws StoreTrouble {
        rig = new Rig(directory);
        repository = rig.open();
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void delete_refusesToBreakAChain_andTakesItFromItsEnd() throws IOException {
        List<Stored> before = rig.store().list("");
        Backup one = Rig.write(repository, full("one"), RepositoryTest.parts());
        Backup two = Rig.write(repository, incremental("two", "one"), RepositoryTest.parts());
        Backup three = Rig.write(repository, incremental("three", "two"), RepositoryTest.parts());
        assertThatThrownBy(() -> repository.delete(one))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("two");
        assertThatThrownBy(() -> repository.delete(two)).hasMessageContaining("three");
        assertThat(repository.backups()).hasSize(3);
        assertThat(repository.verify(one).intact()).isTrue();
        repository.delete(three);
        repository.delete(two);
        repository.delete(one);
        repository.delete(one);
        assertThat(rig.store().list("")).as("nothing is left, the keys neither").isEqualTo(before);
    }

    @Test
    void delete_refusesWhileAnUnfinishedOrUnreadableBackupBuildsOnIt() throws IOException {
        Backup one = Rig.write(repository, full("one"), RepositoryTest.parts());
        try (BackupWriter writer = repository.begin(incremental("two", "one"))) {
            assertThatThrownBy(() -> repository.delete(one)).hasMessageContaining("two (unfinished)");
            writer.part("base.tar").close();
            writer.complete(end(A_DAY));
        }
        rig.at.write("backups/two/index.json", new byte[10]);
        assertThatThrownBy(() -> repository.delete(one)).hasMessageContaining("two (unreadable)");
        repository.discard("two");
        repository.delete(one);
        assertThat(rig.store().list("backups/")).isEmpty();
        assertThat(rig.store().list("keys/")).isEmpty();
    }

    @Test
    void parentDeletedWhileItIsBuiltOn_failsTheCompletion() throws IOException {
        Rig.write(repository, full("one"), RepositoryTest.parts());
        try (BackupWriter writer = repository.begin(incremental("two", "one"))) {
            rig.at.delete("backups/one/index.json");
            assertKind(Kind.MISSING, () -> writer.complete(end(A_DAY)));
        }
        assertThat(repository.backups()).isEmpty();
    }

    @Test
    void discard_refusesWhatIsComplete() throws IOException {
        Rig.write(repository, full("one"), RepositoryTest.parts());
        assertThatThrownBy(() -> repository.discard("one")).isInstanceOf(IllegalStateException.class);
        try (Repository stranger = rig.open(Rig.ring(KeyRing.newLine("k1")))) {
            assertKind(Kind.WRONG_KEY, () -> stranger.discard("one"));
        }
        assertThat(repository.backups()).hasSize(1);
    }

    @Test
    void sweep_removesUnfinishedOnesThatAreOld_andNothingElse() throws IOException {
        Backup complete = Rig.write(repository, full("complete"), RepositoryTest.parts());
        List<Stored> before = rig.store().list("");
        repository.begin(full("old")).part("base.tar").write(noise(1, 100_000));
        rig.now = rig.now.plus(Duration.ofHours(20));
        repository.begin(full("young")).part("base.tar").close();
        rig.now = rig.now.plus(Duration.ofHours(5));
        assertThat(repository.sweep(A_DAY)).containsExactly("old");
        assertThat(repository.sweep(A_DAY)).isEmpty();
        assertThat(repository.verify(complete).intact()).isTrue();
        rig.now = rig.now.plus(A_DAY);
        assertThat(repository.sweep(A_DAY)).containsExactly("young");
        assertThat(rig.store().list("")).isEqualTo(before);
    }

    @Test
    void sweep_isNotTalkedIntoRemovingACompleteBackup() throws IOException {
        Backup complete = Rig.write(repository, full("complete"), RepositoryTest.parts());
        byte[] begun = rig.at.read("backups/complete/begun.json");
        String key = rig.store().list("keys/").getFirst().key();
        rig.at.write("backups/other/begun.json", begun);
        rig.now = rig.now.plus(A_DAY);
        assertThat(repository.sweep(Duration.ofHours(1))).isEmpty();
        String foreignKey = new String(begun, StandardCharsets.UTF_8).replace("\"complete\"", "\"other\"");
        rig.at.write("backups/other/begun.json", foreignKey.getBytes(StandardCharsets.UTF_8));
        assertKind(Kind.DAMAGED, () -> repository.sweep(Duration.ofHours(1)));
        assertThat(rig.at.has(key)).isTrue();
        try (Repository fresh = rig.open()) {
            assertThat(fresh.verify(complete).intact()).isTrue();
        }
    }

    @Test
    void backupBrokenOffAnywhere_isNotListed_andSweepEndsIt() throws IOException {
        List<Stored> before = rig.store().list("");
        int changes = 0;
        while (breaksOff(changes, broken -> Rig.write(broken, full("one"), RepositoryTest.parts()))) {
            assertThat(repository.backups()).as("after %d changes", changes).isEmpty();
            sweepTo(before);
            changes++;
        }
        assertThat(changes).as("begun, its key, three parts, the index").isEqualTo(6);
        assertThat(repository.verify(repository.backups().getFirst()).intact()).isTrue();
    }

    @Test
    void deletionBrokenOffAnywhere_leavesAllOfItOrNothingListed_andSweepEndsIt() throws IOException {
        List<Stored> before = rig.store().list("");
        int changes = 0;
        Backup backup = Rig.write(repository, full("one"), RepositoryTest.parts());
        while (breaksOff(changes, broken -> broken.delete(backup(broken)))) {
            if (changes <= 1) {
                assertThat(backup(repository))
                        .as("without its mark and with it")
                        .isEqualTo(backup);
                assertThat(repository.verify(backup).intact()).isTrue();
                repository.delete(backup);
            } else {
                assertThat(repository.backups()).as("after %d changes", changes).isEmpty();
                sweepTo(before);
            }
            backup = Rig.write(repository, full("one"), RepositoryTest.parts());
            changes++;
        }
        assertThat(changes)
                .as("the mark, the index, three parts, the key, begun, the mark")
                .isEqualTo(8);
        assertThat(rig.store().list("")).isEqualTo(before);
    }

    @Test
    void firstOpeningBrokenOffAnywhere_isBegunAnew() throws IOException {
        for (int changes = 0; changes < 2; changes++) {
            Rig fresh = new Rig(TestStore.at(directory.resolve("fresh" + changes)), rig.keys);
            ObjectStore store = new HinderedStore(fresh.store(), new Breaking(changes, Call.COMMIT, Call.DELETE));
            assertKind(Kind.UNREACHABLE, () -> Repository.open(store, fresh.keys, fresh.clock()));
            Rig.write(fresh.open(), full("one"), RepositoryTest.parts());
            assertThat(fresh.open().backups()).hasSize(1);
        }
    }

    private interface Work {
        void on(Repository repository) throws IOException;
    }

    /** Whether the work broke off, which it does after this many changes in the store if it makes more. */
    private boolean breaksOff(int changes, Work work) throws IOException {
        Breaking breaking = new Breaking(changes, Call.COMMIT, Call.DELETE);
        ObjectStore store = new HinderedStore(rig.store(), breaking);
        try (Repository broken = Repository.open(store, rig.keys, rig.clock(), Rig.COMPRESSION)) {
            work.on(broken);
            assertThat(breaking.broke()).isFalse();
            return false;
        } catch (StoreTrouble trouble) {
            assertThat(trouble.kind()).isEqualTo(Kind.UNREACHABLE);
            return true;
        }
    }

    private static Backup backup(Repository repository) throws StoreTrouble {
        return repository.backups().getFirst();
    }

    private void sweepTo(List<Stored> before) throws StoreTrouble {
        rig.now = rig.now.plus(A_DAY);
        repository.sweep(Duration.ofHours(1));
        assertThat(rig.store().list("")).isEqualTo(before);
    }
}
