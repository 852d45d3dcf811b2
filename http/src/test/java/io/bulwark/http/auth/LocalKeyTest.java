package io.bulwark.http.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalKeyTest {
    @TempDir
    private Path directory;

    @Test
    void aKey_isMadeOnce_forItsOwnerOnly_andLoadedAfterwards() throws IOException {
        LocalKey.Opened first = LocalKey.open(directory.resolve("data"));
        LocalKey.Opened second = LocalKey.open(directory.resolve("data"));

        assertThat(first.created()).isTrue();
        assertThat(second.created()).isFalse();
        assertThat(second.key().id()).isEqualTo(first.key().id());
        Path file = directory.resolve("data").resolve(LocalKey.FILE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(directory.resolve("data"))) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void processesThatMakeAKeyAtOnce_getTheSame() throws Exception {
        Callable<LocalKey.Opened> open = () -> LocalKey.open(directory);
        try (var executor = Executors.newFixedThreadPool(8)) {
            var opened = executor.invokeAll(Collections.nCopies(16, open)).stream()
                    .map(Future::resultNow)
                    .toList();

            assertThat(opened.stream().map(each -> each.key().id()).distinct()).hasSize(1);
            assertThat(opened.stream().filter(LocalKey.Opened::created)).hasSize(1);
        }
    }

    @Test
    void aKeyThatOthersMayRead_isRefused_withWhatToDo() throws IOException {
        LocalKey.open(directory);
        Path file = directory.resolve(LocalKey.FILE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> LocalKey.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("rw-r-----")
                .hasMessageContaining("chmod 600 " + file);
    }

    @Test
    void aFileThatIsNoKey_isRefused_andLeftAlone() throws IOException {
        LocalKey.open(directory);
        Path file = directory.resolve(LocalKey.FILE);
        Files.writeString(file, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

        assertThatThrownBy(() -> LocalKey.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not an Ed25519 key");
        assertThat(file).content().contains("AAAA");
    }
}
