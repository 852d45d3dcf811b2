package io.bulwark.node.scaling.keda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulwark.node.config.KedaSettings;
import io.bulwark.node.scaling.keda.wire.ExternalScalerGrpc.ExternalScalerStub;
import io.bulwark.node.scaling.keda.wire.GetMetricSpecResponse;
import io.bulwark.node.scaling.keda.wire.IsActiveResponse;
import io.bulwark.node.scaling.keda.wire.MetricSpec;
import io.bulwark.node.scaling.keda.wire.MetricValue;
import io.bulwark.node.scaling.keda.wire.ScaledObjectRef;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Asked by a client that was generated from KEDA's calls, over a real connection. */
class KedaScalerTest {
    private static final KedaSettings LOOPBACK = new KedaSettings("127.0.0.1", 0, Optional.empty());
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final AtomicInteger desired = new AtomicInteger(3);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private KedaScaler scaler = start();
    private KedaClient keda = client();

    private KedaScaler start() {
        try {
            return KedaScaler.start(LOOPBACK, desired::get);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private KedaClient client() {
        KedaClient client = new KedaClient(scaler.port());
        opened.add(client);
        return client;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
        scaler.close();
    }

    @Test
    void isActive_always_isTrue() {
        assertThat(keda.isActive()).isTrue();

        desired.set(0);
        assertThat(keda.isActive()).isTrue();
    }

    @Test
    void getMetricSpec_always_isOneForEachNode() {
        assertThat(keda.ask().getMetricSpec(KedaClient.ASKING).getMetricSpecsList())
                .containsExactly(MetricSpec.newBuilder()
                        .setMetricName("bulwark-desired-nodes")
                        .setTargetSize(1)
                        .setTargetSizeFloat(1.0)
                        .build());
    }

    @Test
    void getMetrics_desiredChanges_isSeenAtOnce() {
        assertThat(keda.metric("bulwark-desired-nodes")).containsExactly(value(3));

        desired.set(21);
        assertThat(keda.metric("bulwark-desired-nodes")).containsExactly(value(21));
    }

    @Test
    void getMetrics_unknownMetric_isRefusedWithTheKnownOne() {
        assertThatThrownBy(() -> keda.metric("queue-depth"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("'queue-depth'")
                .hasMessageContaining("bulwark-desired-nodes");
    }

    @Test
    void getMetrics_desiredNotKnown_isUnavailableUntilItIs() {
        desired.set(0);
        assertThatThrownBy(() -> keda.metric("bulwark-desired-nodes"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAVAILABLE")
                .hasMessageContaining("not known yet");

        desired.set(2);
        assertThat(keda.metric("bulwark-desired-nodes")).containsExactly(value(2));
    }

    @Test
    void isActive_messageOver64KiB_isRefused() {
        ScaledObjectRef large = KedaClient.ASKING.toBuilder()
                .putScalerMetadata("large", "x".repeat(64 * 1024))
                .build();

        assertThatThrownBy(() -> keda.ask().isActive(large))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("RESOURCE_EXHAUSTED");
    }

    @Test
    void streamIsActive_opened_saysTrueAtOnceAndAgainWhenDesiredChanges() throws InterruptedException {
        Heard<IsActiveResponse> stream = keda.open(ExternalScalerStub::streamIsActive);
        assertThat(stream.next(1)).extracting(IsActiveResponse::getResult).containsExactly(true);

        desired.set(4);
        assertThat(stream.next(1)).extracting(IsActiveResponse::getResult).containsExactly(true);
    }

    @Test
    void streamMetricSpec_opened_saysItAtOnceAndAgainWhenDesiredChanges() throws InterruptedException {
        Heard<GetMetricSpecResponse> stream = keda.open(ExternalScalerStub::streamMetricSpec);
        GetMetricSpecResponse spec = keda.ask().getMetricSpec(KedaClient.ASKING);
        assertThat(stream.next(1)).containsExactly(spec);

        desired.set(4);
        assertThat(stream.next(1)).containsExactly(spec);
    }

    @Test
    void streams_tooMany_areRefusedUntilOneEnds() throws InterruptedException {
        List<Heard<IsActiveResponse>> streams = new ArrayList<>();
        for (int i = 0; i < KedaScaler.STREAMS_MAX; i++) {
            streams.add(keda.open(ExternalScalerStub::streamIsActive));
            assertThat(streams.getLast().next(1)).hasSize(1);
        }

        Status refused = keda.open(ExternalScalerStub::streamIsActive).end();
        assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refused.getDescription()).contains("64 streams");

        streams.getFirst().cancel();
        await().atMost(BOUND).until(() -> scaler.openStreams() < KedaScaler.STREAMS_MAX);
        assertThat(keda.open(ExternalScalerStub::streamIsActive).next(1)).hasSize(1);
    }

    @Test
    void connections_tooMany_areEndedAtOnceUntilOneEnds() throws Exception {
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < KedaScaler.CONNECTIONS_MAX; i++) {
            silent.add(connect());
        }
        assertThat(untilItEnds(connect())).isEmpty();

        silent.getFirst().close();
        await().atMost(BOUND).ignoreExceptions().until(() -> client().isActive());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), scaler.port());
        opened.add(socket);
        return socket;
    }

    /** What comes before the server ends the connection, within 10 s. */
    private static byte[] untilItEnds(Socket socket) throws IOException {
        socket.setSoTimeout((int) BOUND.toMillis());
        try (InputStream in = socket.getInputStream()) {
            return in.readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }

    @Test
    void close_withOpenStreams_completesThemWithin5s() throws InterruptedException {
        Heard<IsActiveResponse> active = keda.open(ExternalScalerStub::streamIsActive);
        Heard<GetMetricSpecResponse> spec = keda.open(ExternalScalerStub::streamMetricSpec);
        assertThat(active.next(1)).hasSize(1);
        assertThat(spec.next(1)).hasSize(1);

        long before = System.nanoTime();
        scaler.close();

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(6));
        assertThat(active.end().isOk()).isTrue();
        assertThat(spec.end().isOk()).isTrue();
        assertThatThrownBy(() -> keda.isActive()).hasMessageContaining("UNAVAILABLE");
    }

    @Test
    void close_withASilentConnection_endsAllTheSame() throws IOException {
        Socket silent = connect();

        scaler.close();

        assertThat(untilItEnds(silent)).isNotEmpty();
    }

    @Test
    void start_portTaken_saysWhichSettingToLookAt() {
        KedaSettings taken = new KedaSettings("127.0.0.1", scaler.port(), Optional.empty());

        assertThatThrownBy(() -> KedaScaler.start(taken, desired::get))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + scaler.port())
                .hasMessageContaining("bulwark.scaling.keda");
    }

    private static MetricValue value(int nodes) {
        return MetricValue.newBuilder()
                .setMetricName("bulwark-desired-nodes")
                .setMetricValue(nodes)
                .setMetricValueFloat(nodes)
                .build();
    }
}
