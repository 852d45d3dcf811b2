package io.bulwark.scaling;

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
    sealed interface PolicyReply {
        /** @param created whether it is the first */
        record Put(long version, boolean created) implements PolicyReply {}

        /** Nothing was changed. */
        record PreconditionFailed() implements PolicyReply {}
    }

    /** What a person orders. */
    sealed interface EmergencyCall {
        /** So many nodes, until then. */
        record ScaleTo(int nodes, boolean force, String reason, Instant until) implements EmergencyCall {}

        /** The policy counts again. */
        record Cancel(String reason) implements EmergencyCall {}
    }

    /** What came of it. */
    sealed interface EmergencyReply {
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
    enum MetricReply implements CborMessage {
        TAKEN,
        /** There are as many as there may be. */
        FULL
    }
}
