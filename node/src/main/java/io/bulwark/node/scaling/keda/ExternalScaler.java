package io.bulwark.node.scaling.keda;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import io.bulwark.node.scaling.keda.wire.ExternalScalerFile;
import io.bulwark.node.scaling.keda.wire.GetMetricSpecResponse;
import io.bulwark.node.scaling.keda.wire.GetMetricsRequest;
import io.bulwark.node.scaling.keda.wire.GetMetricsResponse;
import io.bulwark.node.scaling.keda.wire.IsActiveResponse;
import io.bulwark.node.scaling.keda.wire.ScaledObjectRef;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import java.util.Objects;

/**
 * The service of {@code externalscaler.proto} as gRPC wants it told. gRPC's own generator would write the same as 600
 * lines, and is one more program that must exist for the machine that builds.
 */
final class ExternalScaler {
    private static final ServiceDescriptor SERVICE =
            Objects.requireNonNull(ExternalScalerFile.getDescriptor().findServiceByName("ExternalScaler"));

    static final String NAME = SERVICE.getFullName();

    static final MethodDescriptor<ScaledObjectRef, IsActiveResponse> IS_ACTIVE =
            method("IsActive", ScaledObjectRef.getDefaultInstance(), IsActiveResponse.getDefaultInstance());

    static final MethodDescriptor<ScaledObjectRef, IsActiveResponse> STREAM_IS_ACTIVE =
            method("StreamIsActive", ScaledObjectRef.getDefaultInstance(), IsActiveResponse.getDefaultInstance());

    static final MethodDescriptor<ScaledObjectRef, GetMetricSpecResponse> GET_METRIC_SPEC =
            method("GetMetricSpec", ScaledObjectRef.getDefaultInstance(), GetMetricSpecResponse.getDefaultInstance());

    static final MethodDescriptor<ScaledObjectRef, GetMetricSpecResponse> STREAM_METRIC_SPEC = method(
            "StreamMetricSpec", ScaledObjectRef.getDefaultInstance(), GetMetricSpecResponse.getDefaultInstance());

    static final MethodDescriptor<GetMetricsRequest, GetMetricsResponse> GET_METRICS =
            method("GetMetrics", GetMetricsRequest.getDefaultInstance(), GetMetricsResponse.getDefaultInstance());

    private ExternalScaler() {}

    /** @throws IllegalArgumentException when the file says something else */
    private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(
            String name, Q question, A answer) {
        var declared = Objects.requireNonNull(SERVICE.findMethodByName(name), name);
        if (!declared.getInputType().equals(question.getDescriptorForType())
                || !declared.getOutputType().equals(answer.getDescriptorForType())) {
            throw new IllegalArgumentException(name + " has other messages: " + declared.toProto());
        }
        return MethodDescriptor.<Q, A>newBuilder()
                .setType(declared.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, name))
                .setRequestMarshaller(ProtoUtils.marshaller(question))
                .setResponseMarshaller(ProtoUtils.marshaller(answer))
                .build();
    }
}
