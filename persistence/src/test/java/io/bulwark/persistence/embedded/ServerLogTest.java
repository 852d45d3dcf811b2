package io.bulwark.persistence.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLogTest {
    @TempDir
    Path directory;

    @Test
    void logThatHasGrown_isBegunAnewWhileSomebodyWritesToIt() throws IOException {
        ServerLog serverLog = new ServerLog(directory);
        try (var server =
                Files.newOutputStream(serverLog.path(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            server.write(new byte[1 << 20]);
            serverLog.keepSmall();
            assertThat(serverLog.size()).isEqualTo(1 << 20);
            server.write(new byte[10 << 20]);
            serverLog.keepSmall();
            assertThat(serverLog.size()).isZero();
            server.write(new byte[3]);
            assertThat(serverLog.size()).isEqualTo(3);
        }
        assertThat(directory.resolve("postgres.log.1")).hasSize(11 << 20);
    }

    @Test
    void trouble_isTheLinesThatSayWhatIsWrong_withoutTheirPrefix() throws IOException {
        ServerLog serverLog = new ServerLog(directory);
        assertThat(serverLog.troubleSince(0)).isEmpty();
        Files.writeString(serverLog.path(), "2026 [1] FATAL:  an old story\n");
        long before = serverLog.size();
        Files.writeString(
                serverLog.path(),
                "2026 [2] LOG:  starting\n2026 [2] FATAL:  no such thing\n2026 [2] HINT:  make one\n",
                StandardOpenOption.APPEND);
        assertThat(serverLog.troubleSince(before)).isEqualTo("no such thing; make one");
    }
}
