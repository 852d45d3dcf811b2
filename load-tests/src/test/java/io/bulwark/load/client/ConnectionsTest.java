package io.bulwark.load.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.wire.HttpMessage;
import io.bulwark.load.wire.HttpReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers as often as it is told on each connection, and then closes it without a word. */
class ConnectionsTest {
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server = listening();
    private final URI address = URI.create("http://127.0.0.1:" + server.getLocalPort());
    private final AtomicInteger taken = new AtomicInteger();
    private final CountDownLatch closedOne = new CountDownLatch(1);
    private final Connections connections = new Connections(Duration.ofSeconds(20));

    private static ServerSocket listening() {
        try {
            return new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        connections.close();
        server.close();
    }

    private void serve(int answers, String field) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket caller = server.accept();
                    taken.incrementAndGet();
                    Thread.ofVirtual().start(() -> answer(caller, answers, field));
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
    }

    private void answer(Socket caller, int answers, String field) {
        try (caller) {
            HttpReader reader = new HttpReader(caller.getInputStream());
            for (int i = 0; i < answers && reader.request().isPresent(); i++) {
                String answer = "HTTP/1.1 200 OK\r\n" + field + "Content-Length: 2\r\n\r\nok";
                caller.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            closedOne.countDown();
        }
    }

    private HttpMessage exchange() throws IOException {
        return connections.exchange(address, "GET", REQUEST);
    }

    @Test
    void exchange_oneAfterTheOther_takesOneConnection() throws IOException {
        serve(10, "");

        assertThat(exchange().text()).isEqualTo("ok");
        assertThat(exchange().text()).isEqualTo("ok");

        assertThat(taken).hasValue(1);
    }

    @Test
    void exchange_connectionThatWasClosedWhileItRested_takesAnother() throws IOException, InterruptedException {
        serve(1, "");

        exchange();
        closedOne.await();

        assertThat(exchange().text()).isEqualTo("ok");
        assertThat(taken).hasValue(2);
    }

    @Test
    void exchange_afterAnAnswerThatSaysClose_takesAnother() throws IOException {
        serve(10, "Connection: close\r\n");

        exchange();
        exchange();

        assertThat(taken).hasValue(2);
    }

    @Test
    void exchange_closedBeforeTheAnswer_failsAndIsNotSentAgain() {
        serve(0, "");

        assertThatThrownBy(this::exchange).isInstanceOf(IOException.class);
        assertThat(taken).hasValue(1);
    }
}
