package io.bulwark.load.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.history.History;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.wire.RawConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final CompletableFuture<Void> gate = new CompletableFuture<>();
    private final ExecutionCountingService service = ExecutionCountingService.start(
            (request, key, earlier) -> key.equals("waits")
                    ? new Behaviour.After(gate, new Behaviour.Answer(201))
                    : new Behaviour.Answer(201),
            new History());
    private final Link link = Link.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), service.address().getPort()));
    private final URI address = URI.create("http://127.0.0.1:" + link.port());
    private final BulwarkClient client = new BulwarkClient(() -> address, "");

    @AfterEach
    void close() {
        gate.complete(null);
        client.close();
        link.close();
        service.close();
    }

    @Test
    void link_leftAlone_passesEverythingOn() {
        String large = "x".repeat(300_000);

        assertThat(client.post("/", large).status()).isEqualTo(201);
        assertThat(service.latest().body()).isEqualTo(large);
    }

    @Test
    void delay_ofBothWays_isFeltTwice() {
        link.delay(Duration.ofMillis(150));

        long start = System.nanoTime();
        client.get("/");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void breakConnections_duringACall_losesItAndTakesTheNext() throws IOException {
        try (RawConnection raw = RawConnection.to(address, SOON)) {
            raw.send("POST / HTTP/1.1\r\nIdempotency-Key: waits\r\nContent-Length: 0\r\n\r\n");
            client.get("/");
            link.breakConnections();

            assertThat(answered(raw)).isFalse();
            assertThat(client.get("/").status()).isEqualTo(201);
        }
    }

    @Test
    void link_toATargetThatDoesNotListen_endsTheConnectionAndRefusesTheNext() throws IOException {
        service.close();
        int port = service.address().getPort();

        assertThatThrownBy(() -> client.get("/")).isInstanceOf(UncheckedIOException.class);
        awaitRefusal();

        try (ServerSocket back = new ServerSocket(port, 8, InetAddress.getLoopbackAddress())) {
            back.accept().close();
            try (RawConnection raw = connected();
                    Socket passed = back.accept()) {
                raw.send("x");
                assertThat(passed.getInputStream().read()).isEqualTo('x');
            }
        }
    }

    /** The target's port may take a connection or two more while it closes. */
    private void awaitRefusal() {
        while (true) {
            try {
                client.get("/");
            } catch (UncheckedIOException e) {
                if (e.getCause() instanceof ConnectException) {
                    return;
                }
            }
        }
    }

    /** As soon as the link listens again, which is after it has looked at its target. */
    private RawConnection connected() throws IOException {
        while (true) {
            try {
                return RawConnection.to(address, SOON);
            } catch (ConnectException notYet) {
                Thread.onSpinWait();
            }
        }
    }

    private static boolean answered(RawConnection raw) {
        try {
            return raw.answer().isPresent();
        } catch (IOException broken) {
            return false;
        }
    }
}
