package io.bulwark.node.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
    private final List<String> stopped = new ArrayList<>();
    private final Parts parts = new Parts();

    private void start(String name) {
        parts.started(name, () -> stopped.add(name));
    }

    @Test
    void stopAll_stopsTheLatestFirst_eachOnce() {
        start("database");
        start("member");
        start("listener");
        assertThat(parts.stopAll()).isTrue();
        assertThat(parts.stopAll()).isTrue();
        assertThat(stopped).containsExactly("listener", "member", "database");
    }

    @Test
    void stopDownTo_leavesTheFirstRunning() {
        start("database");
        int ground = parts.running();
        start("member");
        start("listener");
        parts.stopDownTo(ground);
        assertThat(stopped).containsExactly("listener", "member");
        start("member");
        parts.stopAll();
        assertThat(stopped).containsExactly("listener", "member", "member", "database");
    }

    @Test
    void stopAll_onePartFails_theOthersStopAndItIsSaid() {
        start("database");
        parts.started("member", () -> {
            throw new IllegalStateException("stuck");
        });
        start("listener");
        assertThat(parts.stopAll()).isFalse();
        assertThat(stopped).containsExactly("listener", "database");
    }

    @Test
    void stopDownTo_whileAPartIsBeingStopped_leavesItToThatOne() {
        start("database");
        int member = parts.running() + 1;
        parts.started("member", () -> {
            stopped.add("member");
            parts.stopDownTo(member);
        });
        start("listener");
        assertThat(parts.stopAll()).isTrue();
        assertThat(stopped).containsExactly("listener", "member", "database");
    }
}
