package io.bulwark.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.node.cluster.Door.Found;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoorTest {
    private final Door door = Door.tcp();

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private Found look(int port) {
        return door.look("127.0.0.1", port);
    }

    @Test
    void look_somebodyListens_thenNobody() throws IOException {
        int port;
        try (ServerSocket listening = listening()) {
            port = listening.getLocalPort();
            assertThat(look(port)).isEqualTo(Found.OPEN);
        }
        assertThat(look(port)).isEqualTo(Found.REFUSED);
    }

    @Test
    void look_proxyWithNobodyBehindIt_isClosed() throws IOException {
        try (ServerSocket proxy = listening()) {
            Thread.ofVirtual().start(() -> {
                try {
                    proxy.accept().close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(look(proxy.getLocalPort())).isEqualTo(Found.CLOSED);
        }
    }

    @Test
    void look_nameThatNobodyHas_saysNothing() {
        assertThat(door.look("no-such-host.invalid", 25_520)).isEqualTo(Found.SILENT);
    }

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource({"1, 1, true", "1, 2, false", "2, 3, true", "1, 3, false", "2, 4, false", "3, 5, true"})
    void isMajority(long left, long of, boolean majority) {
        assertThat(GoneMembers.isMajority(left, of)).isEqualTo(majority);
    }
}
