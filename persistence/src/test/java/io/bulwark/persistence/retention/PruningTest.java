package io.bulwark.persistence.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.backup.Retention;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupEnd;
import io.bulwark.persistence.repository.BackupStart;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.BackupWriter;
import io.bulwark.persistence.repository.HinderedStore;
import io.bulwark.persistence.repository.HinderedStore.Breaking;
import io.bulwark.persistence.repository.HinderedStore.Call;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.TestStore;
import io.bulwark.persistence.retention.Pruning.Permission;
import io.bulwark.persistence.retention.Pruning.Pruned;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes from a repository, and what is left when the going is broken off. */
class PruningTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final Retention LAST_TWO_DAYS = new Retention(1, Duration.ZERO, 2, 0, 0, 0, "UTC", Duration.ZERO);
    private static final int SEGMENT = 16 << 20;

    @TempDir
    Path directory;

    private KeyRing keys;

    @BeforeEach
    void makeKeys() throws StoreTrouble {
        keys = KeyRing.ofEnvironment(Map.of("KEYS", KeyRing.newLine("k1")), "KEYS");
    }

    private TestStore at() {
        return TestStore.at(directory.resolve("store"));
    }

    private ObjectStore store() throws StoreTrouble {
        return at().open(() -> NOW);
    }

    private Repository open(ObjectStore store) throws StoreTrouble {
        return Repository.open(store, keys, () -> NOW);
    }

    static Backup write(Repository repository, String id, Optional<String> parent, int day, int segment)
            throws IOException {
        return write(repository, id, parent, day, segment, start(id, parent).tags());
    }

    private static Backup write(
            Repository repository, String id, Optional<String> parent, int day, int segment, Map<String, String> tags)
            throws IOException {
        try (BackupWriter writer = repository.begin(start(id, parent, tags))) {
            try (OutputStream part = writer.part("base.tar")) {
                part.write(id.getBytes(StandardCharsets.UTF_8));
            }
            Instant ended = Instant.parse("2026-11-%02dT02:15:00Z".formatted(day));
            String lsn = String.format(Locale.ROOT, "0/%X", (long) segment * SEGMENT + 0x28);
            return writer.complete(new BackupEnd(lsn, lsn, ended, ended));
        }
    }

    static BackupStart start(String id, Optional<String> parent) {
        return start(id, parent, Map.of("bulwark.wal", "included"));
    }

    private static BackupStart start(String id, Optional<String> parent, Map<String, String> tags) {
        Kind kind = parent.isEmpty() ? Kind.FULL : Kind.INCREMENTAL;
        return new BackupStart(id, kind, parent, "7000000000000000001", 180_006, 1, "", tags);
    }

    private static void log(Repository repository, int from, int to) throws StoreTrouble {
        for (int number = from; number <= to; number++) {
            repository.wal().put(segment(number), new ByteArrayInputStream(new byte[64]));
        }
    }

    static String segment(int number) {
        return String.format(Locale.ROOT, "0000000100000000%08X", number);
    }

    /** Two chains and a single one. */
    private static void fill(Repository repository) throws IOException {
        write(repository, "a", Optional.empty(), 20, 2);
        write(repository, "a1", Optional.of("a"), 21, 4);
        write(repository, "b", Optional.empty(), 24, 6);
        write(repository, "b1", Optional.of("b"), 25, 8);
        write(repository, "b2", Optional.of("b1"), 26, 10);
        write(repository, "c", Optional.empty(), 27, 12);
        log(repository, 1, 14);
        repository.wal().put("00000002.history", new ByteArrayInputStream(new byte[3]));
        repository.wal().put(segment(3) + ".partial/00000000-00001000", new ByteArrayInputStream(new byte[64]));
        repository.wal().put(segment(14) + ".partial/00000000-00001000", new ByteArrayInputStream(new byte[64]));
    }

    private static List<String> ids(Repository repository) throws StoreTrouble {
        return repository.backups().stream().map(Backup::id).toList();
    }

    @Test
    void whatIsNotKept_goes_theYoungestFirst_andTheLogBeforeTheOldestNeeded() throws IOException {
        try (Repository repository = open(store())) {
            fill(repository);
            Pruned pruned = new Pruning(repository, LAST_TWO_DAYS).run(NOW, Permission.GIVEN);

            assertThat(pruned.backups()).containsExactly("a1", "a");
            assertThat(pruned.kept().keySet()).containsExactly("c", "b2", "b1", "b");
            assertThat(ids(repository)).containsExactly("b", "b1", "b2", "c");
            assertThat(repository.wal().names())
                    .as("from the newest backup on, because no instant before is to be restorable")
                    .containsExactly(
                            segment(12),
                            segment(13),
                            segment(14),
                            segment(14) + ".partial/00000000-00001000",
                            "00000002.history");
            assertThat(pruned.walFiles()).isEqualTo(12);
            assertThat(new Pruning(repository, LAST_TWO_DAYS)
                            .run(NOW, Permission.GIVEN)
                            .backups())
                    .isEmpty();
        }
    }

    @Test
    void theLog_isKeptAsFarBackAsEveryInstantIsToBeRestorable() throws IOException {
        Retention days = new Retention(0, Duration.ofDays(30), 0, 0, 0, 0, "UTC", Duration.ofHours(36));
        try (Repository repository = open(store())) {
            fill(repository);
            new Pruning(repository, days).run(NOW, Permission.GIVEN);

            assertThat(repository.wal().names())
                    .as("a day counts for a quarter of 36 hours, so that the last backup before them is b")
                    .startsWith(segment(6))
                    .contains("00000002.history");
        }
    }

    /** Neither backups nor the log that leads from them to any instant. */
    @Test
    void aClockThatIsYearsAhead_takesOnlyAQuarterOfWhatTimeKeeps() throws IOException {
        Retention month = new Retention(0, Duration.ofDays(28), 0, 0, 0, 0, "UTC", Duration.ofDays(28));
        try (Repository repository = open(store())) {
            fill(repository);
            Pruned pruned = new Pruning(repository, month).run(NOW.plus(Duration.ofDays(3_650)), Permission.GIVEN);

            assertThat(pruned.backups()).isEmpty();
            assertThat(pruned.walFiles()).as("those before the oldest backup").isOne();
        }
    }

    @Test
    void aBackupWithoutItsOwnLog_keepsTheLogFromItsBeginning() throws IOException {
        try (Repository repository = open(store())) {
            write(repository, "old", Optional.empty(), 1, 3, Map.of("bulwark.wal", "archive", "keep", ""));
            fill(repository);
            new Pruning(repository, LAST_TWO_DAYS).run(NOW, Permission.GIVEN);

            assertThat(repository.wal().names()).contains(segment(3)).doesNotContain(segment(2));
        }
    }

    @Test
    void anIndexThatCannotBeRead_stopsIt_andSaysSo() throws IOException {
        try (Repository repository = open(store())) {
            fill(repository);
            at().write("backups/b1/index.json", "no index".getBytes(StandardCharsets.UTF_8));
            Pruned pruned = new Pruning(repository, LAST_TWO_DAYS).run(NOW, Permission.GIVEN);

            assertThat(pruned.hindrance().orElseThrow()).contains("b1");
            assertThat(pruned.backups()).isEmpty();
            assertThat(repository.listing().backups()).hasSize(5);
        }
    }

    /** Wherever it dies: what is listed can be restored, what is kept is untouched, and the next one makes up for it. */
    @Test
    void brokenOffAnywhere_itLeavesNothingListedThatIsNotWhole_andTheNextOneGoesOn() throws IOException {
        boolean died = true;
        for (int deletions = 0; died; deletions++) {
            TestStore folder = TestStore.at(directory.resolve("died-at-" + deletions));
            try (Repository filled = open(folder.open(() -> NOW))) {
                fill(filled);
            }
            try (Repository dying =
                    open(new HinderedStore(folder.open(() -> NOW), new Breaking(deletions, Call.DELETE)))) {
                new Pruning(dying, LAST_TWO_DAYS).run(NOW, Permission.GIVEN);
                died = false;
            } catch (StoreTrouble trouble) {
                assertThat(trouble).hasMessageContaining("The store is away");
            }
            try (Repository after = open(folder.open(() -> NOW))) {
                assertWhole(after);
                new Pruning(after, LAST_TWO_DAYS).run(NOW, Permission.GIVEN);
                assertThat(ids(after)).containsExactly("b", "b1", "b2", "c");
                assertThat(after.wal().names()).doesNotContain(segment(11)).contains(segment(12));
            }
        }
    }

    private static void assertWhole(Repository repository) throws IOException {
        Set<String> ids = new HashSet<>(ids(repository));
        assertThat(ids).contains("b", "b1", "b2", "c");
        for (Backup backup : repository.backups()) {
            assertThat(repository.verify(backup).intact()).as(backup.id()).isTrue();
            backup.start().parent().ifPresent(parent -> assertThat(ids).contains(parent));
        }
        assertThat(repository.wal().names()).contains(segment(12), segment(13), segment(14));
    }
}
