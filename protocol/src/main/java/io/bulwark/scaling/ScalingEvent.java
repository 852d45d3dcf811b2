package io.bulwark.scaling;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.wire.CborMessage;
import java.time.Instant;

/** What is journalled of the scaling coordinator. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ScalingEvent.PolicyPut.class, name = "policy-put"),
    @JsonSubTypes.Type(value = ScalingEvent.Recommended.class, name = "recommended"),
    @JsonSubTypes.Type(value = ScalingEvent.Decided.class, name = "decided"),
    @JsonSubTypes.Type(value = ScalingEvent.Resized.class, name = "resized"),
    @JsonSubTypes.Type(value = ScalingEvent.RuleActed.class, name = "rule-acted"),
    @JsonSubTypes.Type(value = ScalingEvent.DemandSeen.class, name = "demand-seen"),
    @JsonSubTypes.Type(value = ScalingEvent.EmergencyDeclared.class, name = "emergency-declared"),
    @JsonSubTypes.Type(value = ScalingEvent.EmergencyEnded.class, name = "emergency-ended")
})
public sealed interface ScalingEvent extends CborMessage {
    /** An operator put a policy; versions begin at 1. */
    record PolicyPut(long version, ScalingPolicy policy) implements ScalingEvent {}

    /**
     * Another number than before is recommended.
     *
     * @param before when the number before was last recommended
     */
    record Recommended(Instant at, int nodes, Instant before) implements ScalingEvent {}

    /** There should be another number of nodes. */
    record Decided(Decision decision) implements ScalingEvent {}

    /** The cluster was set to another size: by the coordinator, or by somebody else. */
    record Resized(Instant at, int from, int to) implements ScalingEvent {}

    /** A rule made for a decision; its cooldown begins. */
    record RuleActed(Instant at, String rule) implements ScalingEvent {}

    /** How many nodes were needed at most in a stretch of time. */
    record DemandSeen(Demand.Bucket bucket) implements ScalingEvent {}

    /** A person ordered a size. */
    record EmergencyDeclared(Emergency emergency) implements ScalingEvent {}

    /** It ran out, or a person took it back. */
    record EmergencyEnded(Instant at, String why) implements ScalingEvent {}
}
