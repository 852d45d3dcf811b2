package io.bulwark.load.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {
    record Case(String wire, int status, String body, boolean reusable) {}

    static Stream<Case> answers() {
        return Stream.of(
                new Case("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
                new Case("HTTP/1.1 200 OK\ncontent-length:5 \n\nhello", 200, "hello", true),
                new Case("HTTP/1.1 201 \r\nCONTENT-LENGTH:  0\r\nX-Content-Length: 9\r\n\r\n", 201, "", true),
                new Case("HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", 204, "", true),
                new Case("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, "", true),
                new Case(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n",
                        200,
                        "abc0123456789",
                        true),
                new Case(
                        "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked \r\n\r\n1\r\na\r\n0\r\nTrailer: t\r\n\r\n",
                        200,
                        "a",
                        true),
                new Case("HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", 503, "x", false),
                new Case("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false),
                new Case(
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                        200,
                        "ok",
                        true));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void read_answerInTwoPiecesCutAnywhere_yieldsTheSame(Case answer) throws IOException {
        byte[] wire = bytes(answer.wire());
        for (int cut = 0; cut <= wire.length; cut++) {
            AnswerReader reader = new AnswerReader(true);
            assertThat(reader.read(wire, 0, cut)).as("cut at %d", cut).isEqualTo(cut);
            assertThat(reader.isDone()).as("cut at %d", cut).isEqualTo(cut == wire.length);
            assertThat(reader.read(wire, cut, wire.length)).isEqualTo(wire.length - cut);
            assertThat(seen(reader, answer.wire())).as("cut at %d", cut).isEqualTo(answer);
        }
    }

    private static Case seen(AnswerReader reader, String wire) {
        String body = new String(reader.body(), 0, reader.length(), StandardCharsets.ISO_8859_1);
        return new Case(wire, reader.status(), body, reader.isReusable());
    }

    @ParameterizedTest
    @MethodSource("answers")
    void read_answerByteByByteAfterAnother_yieldsTheSame(Case answer) throws IOException {
        AnswerReader reader = new AnswerReader(true);
        for (int round = 0; round < 2; round++) {
            reader.begin();
            byte[] wire = bytes(answer.wire());
            for (int i = 0; i < wire.length; i++) {
                assertThat(reader.read(wire, i, i + 1)).isEqualTo(1);
            }
            assertThat(reader.isDone()).isTrue();
            assertThat(reader.status()).isEqualTo(answer.status());
            assertThat(new String(reader.body(), 0, reader.length(), StandardCharsets.ISO_8859_1))
                    .isEqualTo(answer.body());
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void read_moreThanTheAnswer_stopsAtItsEnd(Case answer) throws IOException {
        byte[] wire = bytes(answer.wire() + "HTTP/1.1 200 OK");
        AnswerReader reader = new AnswerReader(false);
        assertThat(reader.read(wire, 0, wire.length)).isEqualTo(answer.wire().length());
        assertThat(reader.length()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\n\r\nall until the end", "HTTP/1.1 200 OK\r\nX: y\r\n\r\n"})
    void read_answerWithoutLength_endsWithTheConnection(String text) throws IOException {
        AnswerReader reader = new AnswerReader(false);
        reader.read(bytes(text), 0, text.length());
        assertThat(reader.isDone()).isFalse();
        assertThat(reader.endsWithConnection()).isTrue();
        assertThat(reader.isReusable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2p1\r\n",
                "HTTP/1.1 2x0 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: five\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length:\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"
            })
    void read_whatIsNoAnswer_fails(String text) {
        AnswerReader reader = new AnswerReader(false);
        assertThatThrownBy(() -> reader.read(bytes(text), 0, text.length())).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {8 * 1024, 100 * 1024})
    void read_lineWithoutEnd_failsAtItsBound(int length) {
        AnswerReader reader = new AnswerReader(false);
        List<byte[]> pieces = List.of(bytes("HTTP/1.1 200 OK\r\nX: "), bytes("y".repeat(length)));
        assertThatThrownBy(() -> {
                    for (byte[] piece : pieces) {
                        reader.read(piece, 0, piece.length);
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("8192 bytes");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
