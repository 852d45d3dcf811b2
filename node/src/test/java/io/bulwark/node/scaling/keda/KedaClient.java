package io.bulwark.node.scaling.keda;

import io.bulwark.node.scaling.keda.wire.ExternalScalerGrpc;
import io.bulwark.node.scaling.keda.wire.ExternalScalerGrpc.ExternalScalerBlockingStub;
import io.bulwark.node.scaling.keda.wire.ExternalScalerGrpc.ExternalScalerStub;
import io.bulwark.node.scaling.keda.wire.GetMetricsRequest;
import io.bulwark.node.scaling.keda.wire.MetricValue;
import io.bulwark.node.scaling.keda.wire.ScaledObjectRef;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What KEDA's operator does: one connection, and a deadline for each call. */
final class KedaClient implements AutoCloseable {
    static final ScaledObjectRef ASKING = ScaledObjectRef.newBuilder()
            .setName("bulwark")
            .setNamespace("bulwark")
            .putScalerMetadata("scalerAddress", "bulwark-keda:9090")
            .build();

    private final ManagedChannel channel;

    KedaClient(int port) {
        this(port, InsecureChannelCredentials.create());
    }

    KedaClient(int port, ChannelCredentials credentials) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port, credentials).build();
    }

    /** Each call may take 10 s. */
    ExternalScalerBlockingStub ask() {
        return ExternalScalerGrpc.newBlockingStub(channel).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    /** Without a deadline, as KEDA's own. */
    <A> Heard<A> open(Stream<A> call) {
        Heard<A> heard = new Heard<>();
        call.open(ExternalScalerGrpc.newStub(channel), ASKING, heard);
        return heard;
    }

    /** One of the calls that are answered by a stream. */
    interface Stream<A> {
        void open(ExternalScalerStub at, ScaledObjectRef asking, StreamObserver<A> heard);
    }

    boolean isActive() {
        return ask().isActive(ASKING).getResult();
    }

    List<MetricValue> metric(String name) {
        GetMetricsRequest request = GetMetricsRequest.newBuilder()
                .setScaledObjectRef(ASKING)
                .setMetricName(name)
                .build();
        return ask().getMetrics(request).getMetricValuesList();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
