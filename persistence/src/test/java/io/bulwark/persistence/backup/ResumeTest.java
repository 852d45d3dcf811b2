package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.backup.TestBackups.Content;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.HinderedStore;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores that break off somewhere, and go on: what comes of it is what an unbroken one makes. */
class ResumeTest {
    private static final int PAGE = BackupPlan.BLOCK_BYTES;
    private static final int FILES = 8;
    private static final int FILE_PAGES = 16;

    @TempDir
    Path directory;

    private final SplittableRandom random = new SplittableRandom(20_261_127);
    private final BreakingReads reads = new BreakingReads();
    private Repository repository;
    private Path target;
    private Path spaces;

    @BeforeEach
    void storeAChain() throws IOException {
        repository = TestBackups.repository(
                new HinderedStore(TestBackups.store(directory).open(InstantSource.system()), reads), directory);
        target = directory.resolve("target");
        spaces = directory.resolve("spaces");
        full().store(repository, TestBackups.start("f", Kind.FULL, Optional.empty()));
        changes().store(repository, TestBackups.start("i", Kind.INCREMENTAL, Optional.of("f")));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private Content full() throws IOException {
        Content content = Content.minimal()
                .file("standby.signal", "")
                .special("./pg_wal/", '5', "")
                .special("./pg_notify/", '5', "")
                .special("./pg_tblspc/", '5', "")
                .unlisted("pg_wal/000000010000000000000002", "wal");
        for (int i = 0; i < FILES; i++) {
            content.file("base/1/" + i, pages(FILE_PAGES));
        }
        content.file("base/1/dropped later", pages(1)).tablespace("16385");
        for (int i = 0; i < FILES; i++) {
            content.inTablespace("16385", "PG_18/1/" + i, pages(FILE_PAGES));
        }
        return content;
    }

    /** Of each file a page, or the end, or nothing; one file is new, one is whole, one is dropped. */
    private Content changes() throws IOException {
        Content content = Content.minimal()
                .special("./pg_wal/", '5', "")
                .special("./pg_notify/", '5', "")
                .special("./pg_tblspc/", '5', "")
                .unlisted("pg_wal/000000010000000000000003", "later wal");
        content.file("base/1/0", pages(2)).file("base/1/new", pages(FILE_PAGES));
        for (int i = 1; i < FILES; i++) {
            content.file("base/1/INCREMENTAL." + i, changed(i));
        }
        content.tablespace("16385");
        for (int i = 0; i < FILES; i++) {
            content.inTablespace("16385", "PG_18/1/INCREMENTAL." + i, changed(i));
        }
        return content;
    }

    private byte[] pages(int count) {
        byte[] bytes = new byte[count * PAGE];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] changed(int file) {
        int[] pages = switch (file % 3) {
            case 0 -> new int[0];
            case 1 -> new int[] {3};
            default -> new int[] {0, 1, 2, FILE_PAGES};
        };
        ByteBuffer bytes = ByteBuffer.allocate(pages.length == 0 ? 12 : PAGE + pages.length * PAGE)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(BlockFile.MAGIC).putInt(pages.length).putInt(file % 4 == 1 ? FILE_PAGES / 2 : FILE_PAGES);
        for (int page : pages) {
            bytes.putInt(page);
        }
        if (pages.length > 0) {
            bytes.position(PAGE).put(pages(pages.length));
        }
        return bytes.array();
    }

    private RestoreRequest request(String id) {
        return RestoreRequest.of(id, target).withTablespaces(spaces);
    }

    private Restored restore(RestoreRequest request) throws IOException {
        return restore(request, () -> {});
    }

    private Restored restore(RestoreRequest request, Restore.LastStep last) throws IOException {
        return new Restore(repository, new SplittableRandom(1)).restore(request, Progress.SILENT, last);
    }

    /** What an unbroken restore makes; the target is empty again afterwards. */
    private SortedMap<String, String> unbroken(String id) throws IOException {
        restore(request(id));
        SortedMap<String, String> tree = tree();
        empty();
        reads.opened();
        return tree;
    }

    private void empty() throws IOException {
        Contents.of(target).deleteAll();
        Contents.of(spaces).deleteAll();
    }

    private SortedMap<String, String> tree() throws IOException {
        SortedMap<String, String> tree = new TreeMap<>();
        for (Path root : List.of(target, spaces)) {
            for (Path path : Contents.of(root).all()) {
                String content = Files.isSymbolicLink(path)
                        ? "to " + Files.readSymbolicLink(path)
                        : Files.isDirectory(path)
                                ? "directory"
                                : HexFormat.of().formatHex(Hashing.sha256().digest(Files.readAllBytes(path)));
                tree.put(directory.relativize(path).toString(), content);
            }
        }
        return tree;
    }

    private long stored(String id, String part) throws IOException {
        return repository
                .backup(id)
                .flatMap(backup -> backup.part(part))
                .orElseThrow()
                .storedBytes();
    }

    private void breaksOff(String id, String part, long bytes) {
        reads.breakAt(id + "/" + part, bytes);
        assertThatThrownBy(() -> restore(request("i").resumed()))
                .isInstanceOf(StoreTrouble.class)
                .hasMessageContaining("The store is away");
        assertThat(target.resolve("global/pg_control")).doesNotExist();
        reads.breakAt("", 0);
        reads.opened();
    }

    @Test
    void storeGoneInTheMiddle_anywhere_resumeMakesWhatAnUnbrokenOneMakes() throws IOException {
        SortedMap<String, String> expected = unbroken("i");
        boolean thorough = Boolean.getBoolean("bulwark.long");
        for (String id : List.of("f", "i")) {
            for (String part :
                    thorough ? List.of("backup_manifest", "base.tar", "16385.tar") : List.of("base.tar", "16385.tar")) {
                for (int twelfth = thorough ? 1 : 7; twelfth < 12; twelfth += thorough ? 1 : 6) {
                    breaksOff(id, part, Math.max(1, stored(id, part) * twelfth / 12));
                    restore(request("i").resumed());
                    assertThat(tree())
                            .as("%s/%s broke after %d twelfths", id, part, twelfth)
                            .isEqualTo(expected);
                    empty();
                }
            }
        }
    }

    @Test
    void brokenOffTwice_resumeReadsOnlyPartsThatAreNotWhole() throws IOException {
        SortedMap<String, String> expected = unbroken("i");
        breaksOff("f", "16385.tar", stored("f", "16385.tar") / 2);
        Restore restore = new Restore(repository, new SplittableRandom(1));
        assertThat(restore.dryRun(request("i").resumed()).reads())
                .extracting(read -> read.backupId() + "/" + read.part())
                .containsExactly("f/backup_manifest", "f/16385.tar", "i/backup_manifest", "i/base.tar", "i/16385.tar");
        breaksOff("i", "base.tar", stored("i", "base.tar") / 2);
        restore(request("i").resumed());
        assertThat(reads.opened()).doesNotContain("f/base.tar", "f/16385.tar").contains("i/base.tar");
        assertThat(tree()).isEqualTo(expected);
    }

    @Test
    void fileThatIsWhole_isNotWrittenAgain() throws IOException {
        SortedMap<String, String> expected = unbroken("i");
        breaksOff("f", "base.tar", stored("f", "base.tar") * 3 / 4);
        SortedMap<Path, FileTime> written = new TreeMap<>();
        for (int i = 0; i < FILES / 2; i++) {
            Path file = target.resolve("base/1/" + i);
            written.put(file, Files.getLastModifiedTime(file));
        }
        breaksOff("i", "backup_manifest", 1);
        for (Map.Entry<Path, FileTime> file : written.entrySet()) {
            assertThat(Files.getLastModifiedTime(file.getKey())).isEqualTo(file.getValue());
        }
        restore(request("i").resumed());
        assertThat(tree()).isEqualTo(expected);
    }

    @Test
    void killedWhenAllWasThere_orWhileFilesGotTheirNames_isFinishedWithoutReadingArchives() throws IOException {
        SortedMap<String, String> expected = unbroken("i");
        assertThatThrownBy(() -> restore(request("i").resumed(), () -> {
                    throw new StoreTrouble(StoreTrouble.Kind.UNREACHABLE, "The log is away");
                }))
                .hasMessage("The log is away");
        assertThat(target.resolve("recovery.signal")).doesNotExist();
        Path journal = target.resolve(RestoreJournal.NAME);
        Path copy = Files.copy(journal, directory.resolve("journal"));
        reads.opened();
        List<String> steps = new ArrayList<>();
        restore(request("i").resumed(), () -> steps.add("again"));
        assertThat(steps).containsExactly("again");
        assertThat(reads.opened()).containsExactly("i/backup_manifest");
        assertThat(tree()).isEqualTo(expected);

        Files.copy(copy, journal);
        Files.writeString(journal, "f\nhalf a li", StandardOpenOption.APPEND);
        Files.move(target.resolve("global/pg_control"), target.resolve("global/pg_control.restoring"));
        Files.move(target.resolve("recovery.signal"), target.resolve("recovery.signal.restoring"));
        restore(request("i").resumed(), () -> steps.add("once more"));
        assertThat(steps).hasSize(1);
        assertThat(tree()).isEqualTo(expected);
    }

    @Test
    void interruptedThread_keepsWhatItRestored() throws IOException {
        SortedMap<String, String> expected = unbroken("f");
        assertThatThrownBy(() -> restore(request("f").resumed(), () -> {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException();
                }))
                .isInstanceOf(InterruptedIOException.class)
                .hasMessageContaining("what was restored is kept");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(Restore.unfinishedIn(target)).contains("f");
        restore(request("f").resumed());
        assertThat(Restore.unfinishedIn(target)).isEmpty();
        assertThat(tree()).isEqualTo(expected);
    }

    @Test
    void anotherRestore_isRefused_andNothingIsTouched() throws IOException {
        breaksOff("i", "16385.tar", stored("i", "16385.tar") / 2);
        SortedMap<String, String> left = tree();
        refused(request("i"), "has an unfinished restore of the backup i: go on with it (--resume)");
        refused(request("f").resumed(), "is of the backup i, not of the backup f");
        refused(request("i").withSettings(Map.of("work_mem", "8MB")).resumed(), "other settings");
        refused(request("i").withRecovery(new PointInTime.End(), "cp %f %p").resumed(), "asked for with another point");
        assertThat(tree()).isEqualTo(left);
    }

    @Test
    void otherBackupsUnderTheSameId_areRefused() throws IOException {
        breaksOff("i", "16385.tar", stored("i", "16385.tar") / 2);
        Backup old = repository.backup("i").orElseThrow();
        repository.delete(old);
        changes().store(repository, TestBackups.start("i", Kind.INCREMENTAL, Optional.of("f")));
        refused(request("i").resumed(), "are not those that the repository has now");
    }

    @Test
    void changedDirectory_isRefusedByTheFilesName() throws IOException {
        breaksOff("i", "16385.tar", stored("i", "16385.tar") / 2);
        Path stranger = Files.writeString(spaces.resolve("16385/precious"), "mine");
        refused(request("i").resumed(), stranger + " is not of the unfinished restore");
        Files.delete(stranger);
        Path file = target.resolve("base/1/2");
        Path kept = Files.copy(file, directory.resolve("kept"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(file, "more", StandardOpenOption.APPEND);
        refused(request("i").resumed(), file + " was changed since");
        Files.delete(file);
        refused(request("i").resumed(), "gone");
        Files.copy(kept, file, StandardCopyOption.COPY_ATTRIBUTES);
        assertThat(restore(request("i").resumed()).backup().id()).isEqualTo("i");
    }

    @Test
    void restoreThatIsUnderWay_keepsAnotherOneOut() throws IOException {
        restore(request("f").resumed(), () -> refused(request("f").resumed(), "Another restore is under way"));
        assertThat(target.resolve("global/pg_control")).exists();
    }

    private void refused(RestoreRequest request, String named) {
        assertThatThrownBy(() -> restore(request))
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining(named);
    }
}
