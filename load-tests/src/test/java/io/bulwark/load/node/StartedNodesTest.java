package io.bulwark.load.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StartedNodesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** As a node does that starts another one and is killed: the other one is a child of nobody here. */
    @Test
    void close_processWhoseParentIsGone_isFoundAndEnded() throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "sleep 60 & exit 0");
        String word = "orphan " + ProcessHandle.current().pid();
        builder.environment()
                .putAll(StartedNodes.marked(Launch.onFreePorts(), word).environment());
        Process parent = builder.start();
        List<ProcessHandle> found;
        try (StartedNodes started = new StartedNodes(word, parent.pid())) {
            parent.onExit().orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
            found = started.look();
            assertThat(found).hasSize(1);
            assertThat(started.left(Duration.ofMillis(1))).isEqualTo(1);
        }
        assertThat(found).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void look_otherWord_findsNothing() {
        try (StartedNodes started = new StartedNodes("of nobody", 0)) {
            assertThat(started.look()).isEmpty();
            assertThat(started.left(SOON)).isZero();
        }
    }

    @Test
    void free_portsInARow_areAllFree() {
        int first = Ports.free(9);

        assertThat(first).isBetween(20_000, 29_991);
        for (int port = first; port < first + 9; port++) {
            assertThat(Ports.isFree(port)).isTrue();
        }
    }
}
