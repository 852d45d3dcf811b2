package io.bulwark.guard;

import akka.actor.typed.ActorRef;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.ratelimit.Advance;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the guard of a tenant is asked. No message carries a body. */
public sealed interface GuardCommand extends CborMessage {
    /** The most decisions in one {@link Acquire}. */
    int ITEMS_MAX = 1_000;
    /** The most that one decision spends. */
    long COST_MAX = 1_000_000_000_000L;

    /**
     * A question that may travel to its guard in one message with others.
     *
     * @param <R> the answer
     */
    sealed interface Relayed<R> extends GuardCommand {
        /** The same question, answered to somebody else. */
        Relayed<R> replyingTo(ActorRef<R> other);
    }

    /**
     * May this call be made?
     *
     * @param keyed present when the call carries an idempotency key
     * @param lease how long the permit is good for before it counts as lost
     * @param waitAtMost how long to wait for a call in flight with the same key; 0 to 60 s. Answered with
     *     {@link Admission.FirstFinished} as soon as that call is settled
     * @param charge false when the same call has been charged before, and asks again after waiting
     */
    record Admit(
            ActorRef<Admission> replyTo,
            Name service,
            Optional<Keyed> keyed,
            Duration lease,
            Duration waitAtMost,
            boolean charge)
            implements Relayed<Admission> {
        @Override
        public Admit replyingTo(ActorRef<Admission> other) {
            return new Admit(other, service, keyed, lease, waitAtMost, charge);
        }
    }

    /** The identity of a call that carries a key. */
    record Keyed(IdempotencyKey key, Fingerprint fingerprint) {}

    /**
     * A call that was admitted has ended. A permit that is not known any more is ignored.
     *
     * @param took from sending the request to the end of the answer; ignored with {@link Outcome#IGNORED}
     */
    record Settle(String permit, Outcome outcome, Duration took) implements GuardCommand {}

    /**
     * Spend of some limits; decided one after the other, order kept.
     *
     * @param ahead how much more of the limit the asking node would like to spend by itself soon, see {@link Advance};
     *     0 where several limits are spent of
     */
    record Acquire(ActorRef<LimitReply> replyTo, List<Item> items, long ahead) implements Relayed<LimitReply> {
        public Acquire {
            items = List.copyOf(items);
            Ranges.check("items (how many)", items.size(), 1, ITEMS_MAX);
            Ranges.check("ahead", ahead, 0, items.size() == 1 ? Advance.MOST : 0);
        }

        /** The same, with nothing ahead. */
        public Acquire(ActorRef<LimitReply> replyTo, List<Item> items) {
            this(replyTo, items, 0);
        }

        @Override
        public Acquire replyingTo(ActorRef<LimitReply> other) {
            return new Acquire(other, items, ahead);
        }
    }

    /** One decision of an {@link Acquire}. */
    record Item(Name limit, long cost) {
        public Item {
            Ranges.check("cost", cost, 0, COST_MAX);
        }
    }

    /**
     * Spend of a limit now what is expected, and say later what it was.
     *
     * @param expiresIn after this time without {@link SettleReservation} the whole cost stands; 1 ms to 1 h
     */
    record Reserve(ActorRef<LimitReply> replyTo, Name limit, long cost, Duration expiresIn) implements GuardCommand {
        public Reserve {
            Ranges.check("cost", cost, 1, COST_MAX);
            Ranges.check("for", expiresIn, Duration.ofMillis(1), Duration.ofHours(1));
        }
    }

    /** What a reservation turned out to cost; for a concurrency limit it gives everything back. */
    record SettleReservation(ActorRef<LimitReply> replyTo, Name limit, String reservation, long cost)
            implements GuardCommand {
        public SettleReservation {
            Ranges.check("cost", cost, 0, COST_MAX);
        }
    }

    /** May a call to this service be made, as far as its circuit is concerned? */
    record PermitCircuit(ActorRef<CircuitReply> replyTo, Name service, Duration lease) implements GuardCommand {}

    /** How a call permitted by {@link PermitCircuit} ended. */
    record ReportCircuit(ActorRef<CircuitReply> replyTo, Name service, String permit, Outcome outcome, Duration took)
            implements GuardCommand {}

    /** Where the tenant's circuits stand. */
    record ShowCircuits(ActorRef<CircuitReply> replyTo) implements GuardCommand {}

    /** An operator decides over a circuit. */
    record SetCircuitMode(ActorRef<CircuitReply> replyTo, Name service, CircuitMode mode, String reason)
            implements GuardCommand {}

    /** What is the tenant's policy? */
    record ShowPolicy(ActorRef<PolicyReply> replyTo) implements GuardCommand {}

    /** Puts the tenant's policy. */
    record PutPolicy(ActorRef<PolicyReply> replyTo, TenantPolicy policy, Precondition precondition)
            implements GuardCommand {}

    /** Takes the tenant out. */
    record DeletePolicy(ActorRef<PolicyReply> replyTo, Precondition precondition) implements GuardCommand {}

    /**
     * The guard's journal was exchanged for that of an earlier instant: put what policy it has now, or that it has none,
     * once more, under a version above all that were given out. Answered with {@link PolicyReply.Put} or
     * {@link PolicyReply.Deleted}, by a guard that has recovered from that journal: one that has not cannot write.
     *
     * @param versionsUsed the highest version that was given out before, 0 or more
     */
    record Restored(ActorRef<PolicyReply> replyTo, long versionsUsed) implements GuardCommand {
        public Restored {
            Ranges.check("versionsUsed", versionsUsed, 0, Long.MAX_VALUE - 1);
        }
    }

    /** The guard to itself: some waits or leases may be over. */
    record Lapse() implements GuardCommand {}

    /** The shard to the guard: park what is worth it and stop. */
    record Sleep() implements GuardCommand {}
}
