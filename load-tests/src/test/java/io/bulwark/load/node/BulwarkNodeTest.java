package io.bulwark.load.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a launcher that prints what a node prints. */
class BulwarkNodeTest {
    private static final String SERVES = """
            #!/bin/sh
            if [ "$1" = token ]; then echo "minted for $3 as $5"; exit 0; fi
            echo "Admin token (shown once): a.b.c"
            echo "Bulwark is serving on http://127.0.0.1:1234 (management http://127.0.0.1:5678, data in $BULWARK_DATA_DIR)"
            trap 'echo stopping; exit 0' TERM
            sleep 60 & wait $!
            """;

    @TempDir
    private Path folder;

    @Test
    void start_whenItServes_knowsAddressesAndTokens() throws IOException {
        try (var node = BulwarkNode.start(launcher(SERVES), "fake")) {
            assertThat(node.address()).hasToString("http://127.0.0.1:1234");
            assertThat(node.process().management(Duration.ofSeconds(5))).hasToString("http://127.0.0.1:5678");
            assertThat(node.adminToken()).isEqualTo("a.b.c");
            assertThat(node.token("acme", "caller,viewer")).isEqualTo("minted for acme as caller,viewer");

            node.process().terminate();
            assertThat(node.process().exitStatus(Duration.ofSeconds(20))).isZero();
            node.restart();
            assertThat(node.address()).hasToString("http://127.0.0.1:1234");
            node.kill();
            assertThat(node.process().isAlive()).isFalse();
        }
    }

    @Test
    void start_whenItEndsBefore_failsWithWhatItPrinted() throws IOException {
        Distribution broken = launcher("#!/bin/sh\necho 'The port 8080 is taken'\nexit 1\n");

        assertThatThrownBy(() -> BulwarkNode.start(broken, "broken"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The port 8080 is taken");
    }

    @Test
    void distribution_whenNothingIsPackaged_saysWhatToRun() {
        assertThatThrownBy(() -> new Distribution(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("bin/bulwark: run `mvn package` first");
    }

    private Distribution launcher(String script) throws IOException {
        Path file = folder.resolve("bin/bulwark");
        Files.createDirectories(file.getParent());
        Files.writeString(file, script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return new Distribution(folder);
    }
}
