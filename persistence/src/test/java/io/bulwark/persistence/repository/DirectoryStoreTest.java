package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends ObjectStoreContract {
    @TempDir
    Path temporary;

    @Override
    protected ObjectStore openEmpty() throws StoreTrouble {
        return DirectoryStore.open(temporary.resolve("above/store"), () -> Rig.NOW);
    }

    @Test
    void filesAndFolders_areForTheirOwnerOnly() throws IOException {
        write("backups/one/base.tar");
        try (Stream<Path> all = Files.walk(temporary.resolve("above"))) {
            for (Path path : all.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .as(path.toString())
                        .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
            }
        }
    }

    @Test
    void committedFile_hasOneNameOnly() throws IOException {
        write("backups/one/base.tar");
        Path file = temporary.resolve("above/store/backups/one/base.tar");
        assertThat(Files.getAttribute(file, "unix:nlink")).isEqualTo(1);
        try (Stream<Path> files = Files.list(file.resolveSibling(""))) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void deletedObject_takesItsEmptyFoldersAlong_butNotTheStore() throws IOException {
        write("a/b/c");
        write("a/d");
        try (DirectoryStore store = store()) {
            store.delete("a/b/c");
            assertThat(temporary.resolve("above/store/a")).isDirectoryContaining(path -> path.endsWith("d"));
            assertThat(temporary.resolve("above/store/a/b")).doesNotExist();
            store.delete("a/d");
            assertThat(temporary.resolve("above/store")).isEmptyDirectory();
        }
    }

    @Test
    void leftOverTemporaryFiles_areRemovedAtOpening_whenOld() throws IOException {
        write("a/b");
        Path folder = temporary.resolve("above/store/a");
        Path old = aged(folder.resolve(".b.0011223344556677.tmp"), Duration.ofHours(25));
        Path young = aged(folder.resolve(".c.0011223344556677.tmp"), Duration.ofHours(23));
        Path foreign = aged(folder.resolve(".nfs0001"), Duration.ofDays(100));
        aged(folder.resolve("b"), Duration.ofDays(1_000));
        try (DirectoryStore store = store()) {
            assertThat(old).doesNotExist();
            assertThat(young).exists();
            assertThat(foreign).exists();
            assertThat(store.list("")).extracting(ObjectStore.Stored::key).containsExactly("a/b");
        }
    }

    @Test
    void directoryThatIsAFile_isRefused() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        for (Path path : List.of(file, file.resolve("store"))) {
            assertKind(Kind.FAILED, () -> DirectoryStore.open(path, () -> Rig.NOW));
            assertThatThrownBy(() -> DirectoryStore.open(path, () -> Rig.NOW))
                    .hasMessageContaining(file + " is a file");
        }
    }

    @Test
    void folderUnderTheNameOfAnObject_isNoObject() throws IOException {
        write("a/b");
        try (DirectoryStore store = store()) {
            assertThat(store.stat("a")).isEmpty();
            assertKind(Kind.MISSING, () -> store.open("a"));
            assertKind(Kind.EXISTS, () -> store.create("a"));
            store.delete("a");
            assertThat(store.stat("a/b")).isPresent();
        }
    }

    @Test
    void description_namesTheDirectory() throws StoreTrouble {
        try (DirectoryStore store = store()) {
            assertThat(store.describe()).isEqualTo("the directory " + temporary.resolve("above/store"));
        }
    }

    private Path aged(Path file, Duration age) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        return Files.setLastModifiedTime(file, FileTime.from(Rig.NOW.minus(age)));
    }

    private DirectoryStore store() throws StoreTrouble {
        return DirectoryStore.open(temporary.resolve("above/store"), () -> Rig.NOW);
    }

    private void write(String key) throws IOException {
        try (DirectoryStore store = store();
                ObjectWriter writer = store.create(key)) {
            writer.write(1);
            writer.commit();
        }
    }
}
