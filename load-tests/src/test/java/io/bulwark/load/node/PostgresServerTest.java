package io.bulwark.load.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresServerTest {
    private static final int PROTOCOL_3 = 3 << 16;
    private static final int SASL = 10;

    @Test
    void start_onEmptyData_asksForAPasswordAndEndsWithTheTest() throws IOException {
        PostgresServer kept;
        try (var server = PostgresServer.start("postgres-test", "10.213.0.0/24", "127.0.0.1", List.of("one", "two"))) {
            assertThat(authentication(server.port(), "one")).isEqualTo(SASL);
            assertThat(authentication(server.port(), "two")).isEqualTo(SASL);
            kept = server;
        }
        assertThat(kept.isAlive()).isFalse();
        assertThat(Ports.isFree(kept.port())).isTrue();
    }

    /** The start of PostgreSQL's protocol, version 3: which authentication the server asks for. */
    private static int authentication(int port, String database) throws IOException {
        byte[] words = ("user\0" + PostgresServer.USER + "\0database\0" + database + "\0\0")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer start = ByteBuffer.allocate(8 + words.length)
                .putInt(8 + words.length)
                .putInt(PROTOCOL_3)
                .put(words);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(start.array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertThat(in.readUnsignedByte()).isEqualTo('R');
            in.readInt();
            return in.readInt();
        }
    }
}
