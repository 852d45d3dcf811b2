package io.bulwark.load.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
    private static final List<String> PARENT = List.of("sh", "-c", "sleep 600 & echo started $!; wait");
    private static final Pattern STARTED = Pattern.compile("started (\\d+)");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void kill_processWithAChild_endsBoth() {
        try (ChildProcess parent = start(PARENT)) {
            ProcessHandle child = childOf(parent);

            parent.kill();

            child.onExit().join();
            assertThat(parent.isAlive()).isFalse();
        }
    }

    @Test
    void close_processWithAChild_endsBoth() {
        ChildProcess parent = start(PARENT);
        ProcessHandle child = childOf(parent);

        parent.close();

        child.onExit().join();
        assertThat(parent.isAlive()).isFalse();
    }

    @Test
    void line_neverPrinted_saysWhatWas() {
        try (ChildProcess process = start(List.of("sh", "-c", "echo no such option; exit 3"))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> process.line(STARTED))
                    .withMessageContaining("no such option");
        }
    }

    @Test
    void listeningOn_endsInstead_saysWithWhichStatus() {
        try (ChildProcess process = start(List.of("sh", "-c", "exit 3"))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> process.listeningOn(Ports.free()))
                    .withMessageContaining("ended with 3");
        }
    }

    private ChildProcess start(List<String> words) {
        return ChildProcess.start("program", words, folder.resolve("output.log"));
    }

    private static ProcessHandle childOf(ChildProcess parent) {
        long pid = Long.parseLong(parent.line(STARTED).group(1));
        return Optional.of(pid).flatMap(ProcessHandle::of).orElseThrow();
    }
}
