package io.bulwark.persistence.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the operating system refuses, for real: a process in a mount namespace of its own meets a full or read-only file
 * system, one in a user namespace of its own has no root's right to write everywhere, and one is killed.
 */
class DirectoryTroubleTest {
    private static final String KEY_LINE = KeyRing.newLine("k1");

    @TempDir
    Path directory;

    @Test
    void fullFileSystem_isFull_andEverythingBeforeStays() throws Exception {
        List<String> lines = inMountNamespace("mount -t tmpfs -o size=3m,mode=700 tmpfs " + directory, "fill");
        assertThat(lines).hasSize(5);
        assertThat(lines.getFirst())
                .startsWith("FULL ")
                .contains("backups/large/base.tar")
                .contains("free space");
        assertThat(lines.subList(1, 5))
                .containsExactly("not completed", "backups 1, files more 0", "intact true", "backups 2");
    }

    @Test
    void readOnlyFileSystem_isReadOnlyForWriters_andIsRead() throws Exception {
        writeBackup();
        String readOnly = "mount --bind " + directory + " " + directory + " && mount -o remount,ro,bind " + directory;
        List<String> put = inMountNamespace(readOnly, "put");
        assertThat(put).hasSize(2);
        assertThat(put.getFirst()).isEqualTo("opened");
        assertThat(put.getLast()).startsWith("READ_ONLY ").contains("a/b").contains(directory.toString());
        List<String> read = inMountNamespace(readOnly, "read");
        assertThat(read).hasSize(2);
        assertThat(read.getFirst()).isEqualTo("read 100000");
        assertThat(read.getLast()).startsWith("READ_ONLY ").contains("backups/one/deleted");
    }

    @Test
    void directoryWithoutWriteRights_isDeniedToWriters_andIsRead() throws Exception {
        assumeUnshared("-U");
        writeBackup();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path folder : all.filter(Files::isDirectory).toList()) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-x------"));
            }
        }
        List<String> put = run(List.of("unshare", "-U"), "put");
        assertThat(put).hasSize(2);
        assertThat(put.getFirst()).isEqualTo("opened");
        assertThat(put.getLast()).startsWith("DENIED ").contains("a/b").contains("rights");
        List<String> read = run(List.of("unshare", "-U"), "read");
        assertThat(read.getFirst()).isEqualTo("read 100000");
        assertThat(read.getLast()).startsWith("DENIED ");
    }

    @Test
    void directoryThatCannotBeRead_isDenied() throws Exception {
        assumeUnshared("-U");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("---------"));
        assertThat(run(List.of("unshare", "-U"), "put"))
                .singleElement()
                .asString()
                .startsWith("DENIED ");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void processKilledWhileWriting_leavesNothingVisible_andSweepsEndIt() throws Exception {
        Process process = probe(List.of(), "hang").start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said(out).findFirst()).contains("writing");
            process.destroyForcibly().waitFor();
        }
        Rig rig = rig();
        try (Repository repository = rig.open()) {
            assertThat(repository.backups()).isEmpty();
            assertThat(keys(rig)).contains("backups/killed/base.tar").doesNotContain("backups/killed/16384.tar");
            assertThat(temporaryFiles()).hasSize(1).allMatch(name -> name.startsWith(".16384.tar."));
            rig.now = rig.now.plus(Duration.ofDays(36_500));
            assertThat(repository.sweep(Duration.ofDays(1))).containsExactly("killed");
            assertThat(keys(rig)).containsExactly("README.txt", "repository.json");
        }
        rig.open().close();
        assertThat(temporaryFiles()).isEmpty();
    }

    private List<String> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".tmp"))
                    .toList();
        }
    }

    private static List<String> keys(Rig rig) throws StoreTrouble {
        return rig.at.keys("");
    }

    private Rig rig() throws StoreTrouble {
        return new Rig(TestStore.inDirectory(directory), Rig.ring(KEY_LINE));
    }

    private void writeBackup() throws IOException {
        try (Repository repository = rig().open()) {
            Rig.write(repository, Rig.full("one"), StoreProbe.part(100_000));
        }
    }

    private List<String> inMountNamespace(String mount, String mode) throws Exception {
        assumeUnshared("-m");
        return run(List.of("unshare", "-m", "sh", "-c", mount + " && exec \"$@\"", "sh"), mode);
    }

    private static void assumeUnshared(String namespace) throws Exception {
        int code = new ProcessBuilder("unshare", namespace, "true").start().waitFor();
        assumeTrue(code == 0, "this machine lets nobody unshare " + namespace);
    }

    private List<String> run(List<String> before, String mode) throws Exception {
        Process process = probe(before, mode).start();
        List<String> lines;
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            lines = said(out).toList();
        }
        assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        return lines;
    }

    private static Stream<String> said(BufferedReader out) {
        return out.lines()
                .filter(line -> line.startsWith(StoreProbe.SAID))
                .map(line -> line.substring(StoreProbe.SAID.length()));
    }

    private ProcessBuilder probe(List<String> before, String mode) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(StoreProbe.class.getName(), mode, directory.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put(StoreProbe.KEYS, KEY_LINE);
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    }
}
