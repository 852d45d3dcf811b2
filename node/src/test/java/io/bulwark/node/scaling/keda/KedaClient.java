package io.bulwark.node.scaling.keda;

import io.bulwark.node.scaling.keda.wire.GetMetricsRequest;
import io.bulwark.node.scaling.keda.wire.MetricValue;
import io.bulwark.node.scaling.keda.wire.ScaledObjectRef;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
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

    /** Asks, and waits for the answer for 10 s at most. */
    <Q, A> A call(MethodDescriptor<Q, A> method, Q question) {
        return ClientCalls.blockingUnaryCall(
                channel, method, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS), question);
    }

    /** Without a deadline, as KEDA's own. */
    <A> Heard<A> open(MethodDescriptor<ScaledObjectRef, A> method) {
        Heard<A> heard = new Heard<>();
        ClientCalls.asyncServerStreamingCall(channel.newCall(method, CallOptions.DEFAULT), ASKING, heard);
        return heard;
    }

    boolean isActive() {
        return call(ExternalScaler.IS_ACTIVE, ASKING).getResult();
    }

    List<MetricValue> metric(String name) {
        GetMetricsRequest request = GetMetricsRequest.newBuilder()
                .setScaledObjectRef(ASKING)
                .setMetricName(name)
                .build();
        return call(ExternalScaler.GET_METRICS, request).getMetricValuesList();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
