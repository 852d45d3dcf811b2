package io.bulwark.guard;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.grammar.Name;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.LocalOnly;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What the guard says to who asks about limits. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = LimitReply.Decided.class, name = "decided"),
    @JsonSubTypes.Type(value = LimitReply.Reserved.class, name = "reserved"),
    @JsonSubTypes.Type(value = LimitReply.Refused.class, name = "refused"),
    @JsonSubTypes.Type(value = LimitReply.Settled.class, name = "settled"),
    @JsonSubTypes.Type(value = LimitReply.UnknownReservation.class, name = "unknown-reservation"),
    @JsonSubTypes.Type(value = LimitReply.UnknownLimit.class, name = "unknown-limit"),
    @JsonSubTypes.Type(value = LimitReply.NeedsReservation.class, name = "needs-reservation"),
    @JsonSubTypes.Type(value = LimitReply.Suspended.class, name = "suspended"),
    @JsonSubTypes.Type(value = LimitReply.Overloaded.class, name = "overloaded"),
    @JsonSubTypes.Type(value = LimitReply.UnknownTenant.class, name = "unknown-tenant")
})
public sealed interface LimitReply extends CborMessage {
    /**
     * One result for each item, in order.
     *
     * @param advanced how much more of the one limit the asking node may spend by itself, see
     *     {@link io.bulwark.ratelimit.Advance}
     */
    record Decided(List<Result> results, long advanced) implements LimitReply {
        /** Nothing ahead. */
        public Decided(List<Result> results) {
            this(results, 0);
        }
    }

    /** One decision of an {@link GuardCommand.Acquire}; the sealed hierarchy's per-item part. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Result.Allowed.class, name = "allowed"),
        @JsonSubTypes.Type(value = Result.Denied.class, name = "denied"),
        @JsonSubTypes.Type(value = Result.NoSuchLimit.class, name = "no-such-limit"),
        @JsonSubTypes.Type(value = Result.HeldNotSpent.class, name = "held-not-spent")
    })
    sealed interface Result {
        /** Spent; the work waits {@code delay} for its turn (leaky bucket). */
        record Allowed(LimitReport report, Duration delay) implements Result {}

        /** Not spent; the same is allowed after this time if nothing else is spent. */
        record Denied(LimitReport report, Duration retryAfter) implements Result {}

        /** The policy has no such limit. */
        record NoSuchLimit(Name limit) implements Result {}

        /** A concurrency limit is held, not spent: reserve it, then settle. */
        record HeldNotSpent(Name limit) implements Result {}
    }

    /** Reserved until then. */
    record Reserved(String reservation, Instant expiresAt, LimitReport report, Duration delay) implements LimitReply {}

    /** Not reserved. */
    record Refused(LimitReport report, Duration retryAfter) implements LimitReply {}

    /** The reservation is settled. */
    record Settled(LimitReport report) implements LimitReply {}

    /** The reservation ran out (and stands in full), was settled before, or never was. */
    record UnknownReservation() implements LimitReply {}

    /** The policy has no such limit. */
    record UnknownLimit(Name limit) implements LimitReply {}

    /** A concurrency limit is held, not spent. */
    record NeedsReservation(Name limit) implements LimitReply {}

    /** The tenant is quarantined or in maintenance. */
    record Suspended(TenantStatus status) implements LimitReply {}

    /** The guard holds as many reservations as it may. */
    record Overloaded(Duration retryAfter) implements LimitReply {}

    /** No policy was ever put for this tenant. */
    record UnknownTenant() implements LimitReply {}

    /**
     * The guard did not answer; this node did in its place, within its share of the limits.
     *
     * @param answer what a guard would have said; no {@code StoodIn} itself
     */
    record StoodIn(LimitReply answer) implements LimitReply, LocalOnly {
        public StoodIn {
            if (answer instanceof StoodIn) {
                throw new IllegalArgumentException("The answer was stood in for before: " + answer);
            }
        }
    }
}
