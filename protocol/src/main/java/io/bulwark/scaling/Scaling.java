package io.bulwark.scaling;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The scaling coordinator, from any node. What is asked of it fails when it cannot be reached. */
public interface Scaling {
    /** This node's copy; empty until the coordinator was heard for the first time. */
    Optional<ScalingView> view();

    /** Puts the policy. */
    CompletionStage<PolicyReply> put(ScalingPolicy policy, Precondition precondition);

    /**
     * Decisions, the latest first.
     *
     * @param before only those with a lower number; {@link Long#MAX_VALUE} for the latest
     * @param most how many, 1 to 1,000
     */
    CompletionStage<List<Decision>> decisions(long before, int most);

    /** Orders a size, or takes the order back. */
    CompletionStage<EmergencyReply> emergency(EmergencyCall call);

    /** Says what a custom metric is now. */
    CompletionStage<MetricReply> report(MetricName metric, double value, Duration validFor);

    /**
     * Follows the decisions of the views that arrive from now on, each once and in order.
     *
     * @param after decisions of the present view with a higher number are handed over at once
     * @return ends it
     */
    Runnable follow(long after, Consumer<Decision> decisions);

    /** What came of a policy. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = PolicyReply.Put.class, name = "put"),
        @JsonSubTypes.Type(value = PolicyReply.PreconditionFailed.class, name = "precondition-failed")
    })
    sealed interface PolicyReply extends CborMessage {
        /** It is in force from now on. */
        record Put(long version) implements PolicyReply {}

        /** Nothing was changed. */
        record PreconditionFailed() implements PolicyReply {}
    }

    /** What a person orders. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = EmergencyCall.ScaleTo.class, name = "scale-to"),
        @JsonSubTypes.Type(value = EmergencyCall.Cancel.class, name = "cancel")
    })
    sealed interface EmergencyCall {
        /** So many nodes, until then. */
        record ScaleTo(int nodes, boolean force, String reason, Instant until) implements EmergencyCall {}

        /** The policy counts again. */
        record Cancel(String reason) implements EmergencyCall {}
    }

    /** What came of it. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = EmergencyReply.Ordered.class, name = "ordered"),
        @JsonSubTypes.Type(value = EmergencyReply.Cancelled.class, name = "cancelled"),
        @JsonSubTypes.Type(value = EmergencyReply.NoEmergency.class, name = "no-emergency"),
        @JsonSubTypes.Type(value = EmergencyReply.Refused.class, name = "refused")
    })
    sealed interface EmergencyReply extends CborMessage {
        /** @param nodes that it comes to, within the maximum */
        record Ordered(int nodes, Instant until) implements EmergencyReply {}

        /** The order is taken back. */
        record Cancelled() implements EmergencyReply {}

        /** There was nothing to take back. */
        record NoEmergency() implements EmergencyReply {}

        /** It cannot be; a sentence says why. */
        record Refused(String why) implements EmergencyReply {}
    }

    /** What came of a custom metric. */
    enum MetricReply {
        /** It counts from the next evaluation on. */
        TAKEN,
        /** There are as many as there may be. */
        FULL
    }
}
