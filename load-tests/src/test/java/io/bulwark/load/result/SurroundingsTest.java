package io.bulwark.load.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.node.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurroundingsTest {
    @TempDir
    Path folder;

    @Test
    void machine_fromTheSystemsFiles_readsProcessorMemoryAndLoad() throws IOException {
        Files.writeString(folder.resolve("cpuinfo"), "processor\t: 0\nmodel name\t: Quick 9000: v2\nmodel name\t: x\n");
        Files.writeString(folder.resolve("meminfo"), "MemTotal:       24576 kB\nMemFree:  1 kB\n");
        Files.writeString(folder.resolve("loadavg"), "1.75 0.50 0.10 1/234 5678\n");
        Path release = Files.writeString(folder.resolve("os-release"), "ID=some\nPRETTY_NAME=\"Some Linux 7\"\n");

        Machine machine = Surroundings.machine(folder, release);

        assertThat(machine.processor()).isEqualTo("Quick 9000: v2");
        assertThat(machine.memoryBytes()).isEqualTo(24_576 * 1024);
        assertThat(machine.loadBefore()).isEqualTo(1.75);
        assertThat(machine.system()).startsWith("Some Linux 7, " + System.getProperty("os.name"));
        assertThat(machine.java()).contains(String.valueOf(Runtime.version().feature()));
        assertThat(machine.cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void machine_whereTheSystemHasNoSuchFiles_saysWhatTheRuntimeKnows() {
        Machine machine = Surroundings.machine(folder.resolve("none"), folder.resolve("none"));

        assertThat(machine.processor()).isEqualTo(System.getProperty("os.arch"));
        assertThat(machine.memoryBytes()).isZero();
    }

    @Test
    void commit_ofACheckout_hasAPlusOnceAFileIsChanged() throws IOException {
        git("init", "--quiet");
        Path file = Files.writeString(folder.resolve("file"), "one");
        git("add", "file");
        git("-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--no-gpg-sign", "-m", "One");
        String clean = Surroundings.commit(folder);
        Files.writeString(file, "two, longer");

        assertThat(clean).matches("[0-9a-f]{12}");
        assertThat(Surroundings.commit(folder)).isEqualTo(clean + "+");
    }

    @Test
    void commit_outsideOfACheckout_isUnknown() {
        assertThat(Surroundings.commit(folder.resolve("not-there"))).isEqualTo("unknown");
    }

    private void git(String... words) {
        String[] all = new String[words.length + 3];
        System.arraycopy(words, 0, all, 3, words.length);
        all[0] = "git";
        all[1] = "-C";
        all[2] = folder.toString();
        Programs.run(all);
    }
}
