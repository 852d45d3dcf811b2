package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {
    private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @TempDir
    Path directory;

    @Test
    void file_isReadWithCommentsAndEmptyLines_theNewestFirst() throws IOException {
        Path file = file("# rotated in November\n\nk2 " + KEY + "\r\n  k1\t" + KEY + "  \n#k0 " + KEY, "rw-------");
        assertThat(KeyRing.of(file).ids()).containsExactly("k2", "k1");
        assertThat(KeyRing.of(file).newest().id()).isEqualTo("k2");
    }

    @Test
    void newLine_isALineOfTheFile_differentEachTime() throws IOException {
        String line = KeyRing.newLine("k-2026_11");
        assertThat(KeyRing.of(file(line, "r--------")).ids()).containsExactly("k-2026_11");
        assertThat(KeyRing.newLine("k-2026_11")).isNotEqualTo(line);
        assertThatThrownBy(() -> KeyRing.newLine("no dots.please")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw----r--", "rw-----w-", "rw--w----", "rwxrwxrwx", "rw------x"})
    void fileThatOthersCanUse_isRefused(String mode) throws IOException {
        Path file = file("k1 " + KEY, mode);
        assertKind(Kind.DENIED, () -> KeyRing.of(file));
        assertThatThrownBy(() -> KeyRing.of(file)).hasMessageContaining(mode).hasMessageContaining("chmod 600");
    }

    @Test
    void fileThatItsGroupCanRead_isRootsOrRefused() throws IOException {
        Path file = file("k1 " + KEY, "rw-r-----");
        assumeTrue(Files.getAttribute(file, "unix:uid").equals(0), "only root can give a file away");
        assertThat(KeyRing.of(file).ids()).containsExactly("k1");
        Files.setAttribute(file, "unix:uid", 12_345);
        assertKind(Kind.DENIED, () -> KeyRing.of(file));
    }

    @Test
    void absentFile_isMissing() {
        assertKind(Kind.MISSING, () -> KeyRing.of(directory.resolve("absent")));
    }

    @Test
    void environment_holdsTheSameLines_orSemicolons() throws StoreTrouble {
        assertThat(KeyRing.ofEnvironment(Map.of("K", "k2 " + KEY + ";k1 " + KEY), "K")
                        .ids())
                .containsExactly("k2", "k1");
        assertKind(Kind.MISSING, () -> KeyRing.ofEnvironment(Map.of(), "K"));
        assertThatThrownBy(() -> KeyRing.ofEnvironment(Map.of(), "BULWARK_KEYS"))
                .hasMessageContaining("BULWARK_KEYS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing",
                "k1",
                KEY,
                "k1 " + KEY + " more",
                "k.1 " + KEY,
                "k1 AAECAwQFBgcICQoLDA0ODw==",
                "k1 ?AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                "k1 " + KEY + "\nk1 " + KEY
            })
    void textOfAnotherForm_isRefused_withoutTellingIt(String text) {
        assertKind(Kind.WRONG_KEY, () -> Rig.ring(text));
        assertThatThrownBy(() -> Rig.ring(text))
                .hasMessageContaining("KEYS")
                .hasMessageNotContaining("AECAwQ")
                .hasNoCause();
    }

    @Test
    void refusal_namesTheLine() {
        assertThatThrownBy(() -> Rig.ring("# one", "k1 " + KEY, "k2 short")).hasMessageContaining("line 3");
    }

    @Test
    void toString_tellsIdsOnly() throws StoreTrouble {
        KeyRing ring = Rig.ring("k1 " + KEY);
        assertThat(ring.toString() + ring.newest())
                .contains("k1")
                .doesNotContain("AAEC")
                .doesNotContain("check");
    }

    private Path file(String text, String mode) throws IOException {
        Path file = directory.resolve("keys");
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
