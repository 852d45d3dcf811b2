package io.bulwark.node.scaling.keda;

import io.bulwark.node.scaling.keda.wire.ExternalScalerGrpc.ExternalScalerImplBase;
import io.bulwark.node.scaling.keda.wire.GetMetricSpecResponse;
import io.bulwark.node.scaling.keda.wire.GetMetricsRequest;
import io.bulwark.node.scaling.keda.wire.GetMetricsResponse;
import io.bulwark.node.scaling.keda.wire.IsActiveResponse;
import io.bulwark.node.scaling.keda.wire.MetricSpec;
import io.bulwark.node.scaling.keda.wire.MetricValue;
import io.bulwark.node.scaling.keda.wire.ScaledObjectRef;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.IntSupplier;

/** The five calls. The metric is the number of nodes itself, and one node is worth 1 of it. */
final class ScalerCalls extends ExternalScalerImplBase {
    static final String METRIC = "bulwark-desired-nodes";

    /** Always: nodes never go to zero, because nobody would be left to say that there are to be some. */
    private static final IsActiveResponse ACTIVE =
            IsActiveResponse.newBuilder().setResult(true).build();

    private static final GetMetricSpecResponse SPEC = GetMetricSpecResponse.newBuilder()
            .addMetricSpecs(MetricSpec.newBuilder()
                    .setMetricName(METRIC)
                    .setTargetSize(1)
                    .setTargetSizeFloat(1.0))
            .build();

    private final IntSupplier desiredNodes;
    private final OpenStreams streams;

    ScalerCalls(IntSupplier desiredNodes, OpenStreams streams) {
        this.desiredNodes = desiredNodes;
        this.streams = streams;
    }

    @Override
    public void isActive(ScaledObjectRef asking, StreamObserver<IsActiveResponse> answer) {
        answer(answer, ACTIVE);
    }

    @Override
    public void streamIsActive(ScaledObjectRef asking, StreamObserver<IsActiveResponse> answer) {
        streams.open(answer, ACTIVE);
    }

    @Override
    public void getMetricSpec(ScaledObjectRef asking, StreamObserver<GetMetricSpecResponse> answer) {
        answer(answer, SPEC);
    }

    @Override
    public void streamMetricSpec(ScaledObjectRef asking, StreamObserver<GetMetricSpecResponse> answer) {
        streams.open(answer, SPEC);
    }

    @Override
    public void getMetrics(GetMetricsRequest asked, StreamObserver<GetMetricsResponse> answer) {
        int nodes = desiredNodes.getAsInt();
        if (!asked.getMetricName().equals(METRIC)) {
            refuse(
                    answer,
                    Status.INVALID_ARGUMENT,
                    "There is no metric '" + asked.getMetricName() + "' here: ask for " + METRIC);
        } else if (nodes <= 0) {
            refuse(
                    answer,
                    Status.UNAVAILABLE,
                    "It is not known yet how many nodes there are to be: ask again when the coordinator has decided");
        } else {
            answer(answer, value(nodes));
        }
    }

    private static GetMetricsResponse value(int nodes) {
        return GetMetricsResponse.newBuilder()
                .addMetricValues(MetricValue.newBuilder()
                        .setMetricName(METRIC)
                        .setMetricValue(nodes)
                        .setMetricValueFloat(nodes))
                .build();
    }

    private static <T> void answer(StreamObserver<T> caller, T message) {
        caller.onNext(message);
        caller.onCompleted();
    }

    private static void refuse(StreamObserver<?> caller, Status status, String sentence) {
        caller.onError(status.withDescription(sentence).asRuntimeException());
    }
}
