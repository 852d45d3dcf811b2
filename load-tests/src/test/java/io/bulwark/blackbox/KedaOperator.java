package io.bulwark.blackbox;

import io.bulwark.node.scaling.keda.wire.ExternalScalerGrpc;
import io.bulwark.node.scaling.keda.wire.ExternalScalerGrpc.ExternalScalerBlockingStub;
import io.bulwark.node.scaling.keda.wire.GetMetricsRequest;
import io.bulwark.node.scaling.keda.wire.MetricSpec;
import io.bulwark.node.scaling.keda.wire.MetricValue;
import io.bulwark.node.scaling.keda.wire.ScaledObjectRef;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What KEDA's operator does with one external scaler, only more often: keeps a stream open, and asks for activity, metrics
 * and their values again and again. Remembers every answer that it should not have had.
 */
final class KedaOperator implements AutoCloseable {
    private static final ScaledObjectRef OBJECT = ScaledObjectRef.newBuilder()
            .setName("bulwark")
            .setNamespace("bulwark")
            .putScalerMetadata("scalerAddress", "bulwark-keda:9090")
            .build();
    private static final int ANSWER_WITHIN_SECONDS = 5;
    private static final int PAUSE_MILLIS = 50;

    private final String name;
    private final ManagedChannel channel;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ConcurrentLinkedQueue<String> oddities = new ConcurrentLinkedQueue<>();
    private final AtomicInteger streamed = new AtomicInteger();
    private final AtomicInteger rounds = new AtomicInteger();
    private final Thread asking;
    private final Thread listening;
    private volatile double nodes;

    /** Begins to ask; before the first answer nothing is odd. */
    KedaOperator(String name, int port) {
        this.name = name;
        this.channel = Grpc.newChannelBuilderForAddress("127.0.0.1", port, InsecureChannelCredentials.create())
                .build();
        this.asking = Thread.ofVirtual().start(this::askAgainAndAgain);
        this.listening = Thread.ofVirtual().start(this::listen);
    }

    /** The last value of the metric; 0 before the first. */
    double nodes() {
        return nodes;
    }

    /** How often all three questions were answered. */
    int rounds() {
        return rounds.get();
    }

    /** How often the stream said that the object is active. */
    int streamed() {
        return streamed.get();
    }

    /** Refusals, delays over the deadline, and values that were never to be. */
    List<String> oddities() {
        return List.copyOf(oddities);
    }

    private void askAgainAndAgain() {
        try {
            while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                ask();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        ExternalScalerBlockingStub scaler =
                ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
        try {
            boolean active = scaler.isActive(OBJECT).getResult();
            List<MetricSpec> specs = scaler.getMetricSpec(OBJECT).getMetricSpecsList();
            if (!active || specs.size() != 1 || specs.getFirst().getTargetSizeFloat() != 1.0) {
                oddities.add(name + ": active " + active + ", " + specs);
                return;
            }
            take(scaler.getMetrics(GetMetricsRequest.newBuilder()
                            .setScaledObjectRef(OBJECT)
                            .setMetricName(specs.getFirst().getMetricName())
                            .build())
                    .getMetricValuesList());
        } catch (StatusRuntimeException e) {
            odd(e);
        }
    }

    private void take(List<MetricValue> values) {
        double value = values.getFirst().getMetricValueFloat();
        if (values.size() != 1 || value < nodes) {
            oddities.add(name + ": " + values + " after " + nodes);
        }
        nodes = value;
        rounds.incrementAndGet();
    }

    private void listen() {
        try {
            ExternalScalerGrpc.newBlockingStub(channel)
                    .withWaitForReady()
                    .streamIsActive(OBJECT)
                    .forEachRemaining(said -> {
                        if (said.getResult()) {
                            streamed.incrementAndGet();
                        } else {
                            oddities.add(name + ": the stream says that it is not active");
                        }
                    });
            odd(null);
        } catch (StatusRuntimeException e) {
            odd(e);
        }
    }

    private void odd(@Nullable StatusRuntimeException failure) {
        if (nodes > 0 && closed.getCount() > 0) {
            oddities.add(name + ": " + (failure == null ? "the stream ended" : failure.toString()));
        }
    }

    /** Asks no more. */
    @Override
    public void close() {
        closed.countDown();
        channel.shutdownNow();
        try {
            asking.join();
            listening.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
