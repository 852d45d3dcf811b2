package io.bulwark.node.restore;

import akka.actor.typed.ActorRef;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.DeletePolicy;
import io.bulwark.guard.GuardCommand.PutPolicy;
import io.bulwark.guard.GuardCommand.Restored;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.GuardCommand.Sleep;
import io.bulwark.guard.Guards;
import io.bulwark.guard.PolicyReply;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What is said to a tenant's guard around a restore. A guard that does not answer is asked again, because it may be moving
 * or coming back from its journal; what it is asked is put under a precondition, so that asking twice does nothing twice.
 */
final class GuardQuarantine {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Guards guards;
    private final Name tenant;
    private final Duration patience;

    /** @param patience how long a guard may go without an answer before the restore gives up */
    GuardQuarantine(Guards guards, Name tenant, Duration patience) {
        this.guards = guards;
        this.tenant = tenant;
        this.patience = patience;
    }

    /**
     * A tenant that is quarantined.
     *
     * @param before its policy of before; absent for one that had none
     * @param version under which it is quarantined
     */
    record Quarantined(Optional<TenantPolicy> before, long version) {}

    /** The guard has not answered. */
    static final class GuardAway extends Exception {
        GuardAway(Name tenant, Duration patience) {
            super("The guard of " + tenant + " has not answered for " + patience
                    + ": look whether the cluster is well, GET /v1/cluster, and start the restore again");
        }
    }

    /** Quarantines it, also one that is already: the answer shows that the guard can write. */
    Quarantined begin() throws GuardAway, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Optional<TenantPolicy> active = Optional.empty();
        while (System.nanoTime() < deadline) {
            Optional<PolicyReply> shown = ask(ShowPolicy::new);
            // An answer that was lost leaves the tenant quarantined by this very restore: what counts is what was
            // first.
            active = active.or(() -> shown.flatMap(GuardQuarantine::unlessQuarantined));
            Optional<Quarantined> quarantined =
                    shown.isPresent() ? quarantined(shown.get(), active) : Optional.<Quarantined>empty();
            if (quarantined.isPresent()) {
                return quarantined.get();
            }
            pause();
        }
        throw new GuardAway(tenant, patience);
    }

    private static Optional<TenantPolicy> unlessQuarantined(PolicyReply shown) {
        return shown instanceof PolicyReply.Shown(TenantPolicy policy, long _)
                        && policy.status() != TenantStatus.QUARANTINED
                ? Optional.of(policy)
                : Optional.empty();
    }

    private Optional<Quarantined> quarantined(PolicyReply shown, Optional<TenantPolicy> active)
            throws InterruptedException {
        return switch (shown) {
            case PolicyReply.Shown(TenantPolicy policy, long version) ->
                put(active.or(() -> Optional.of(policy)), new Precondition.Version(version));
            case PolicyReply.UnknownTenant() -> put(Optional.empty(), new Precondition.Absent());
            case PolicyReply.StoodIn _, PolicyReply.Put _, PolicyReply.Deleted _, PolicyReply.PreconditionFailed _ ->
                Optional.empty();
        };
    }

    private Optional<Quarantined> put(Optional<TenantPolicy> before, Precondition precondition)
            throws InterruptedException {
        TenantPolicy policy = before.orElse(TenantPolicy.DEFAULT).with(TenantStatus.QUARANTINED);
        Optional<PolicyReply> reply = ask(replyTo -> new PutPolicy(replyTo, policy, precondition));
        return reply.flatMap(said -> said instanceof PolicyReply.Put(long version, boolean _)
                ? Optional.of(new Quarantined(before, version))
                : Optional.empty());
    }

    /** Gives back what was before, unless somebody else has put something meanwhile. */
    void giveBack(Quarantined quarantined) throws GuardAway, InterruptedException {
        Precondition still = new Precondition.Version(quarantined.version());
        answered(
                replyTo -> quarantined
                        .before()
                        .<GuardCommand>map(policy -> new PutPolicy(replyTo, policy, still))
                        .orElseGet(() -> new DeletePolicy(replyTo, still)),
                _ -> true);
    }

    /**
     * Has the guard go by the journal that stands there now, with what policy there is in it. One that is awake from
     * before goes to sleep, or fails when it parks its levels, since its journal is fenced; in either case the next one
     * comes from the journal. An answer says that it did: it is only given when an event was written.
     */
    void release(Quarantined quarantined) throws GuardAway, InterruptedException {
        guards.tell(tenant, new Sleep());
        answered(
                replyTo -> new Restored(replyTo, quarantined.version()),
                reply -> reply instanceof PolicyReply.Put || reply instanceof PolicyReply.Deleted);
    }

    /** The tenant's status, once it was released; absent when it has no policy. */
    Optional<TenantStatus> status() throws GuardAway, InterruptedException {
        PolicyReply reply = answered(
                ShowPolicy::new,
                shown -> shown instanceof PolicyReply.Shown || shown instanceof PolicyReply.UnknownTenant);
        return reply instanceof PolicyReply.Shown(TenantPolicy policy, long _)
                ? Optional.of(policy.status())
                : Optional.empty();
    }

    private PolicyReply answered(Function<ActorRef<PolicyReply>, GuardCommand> question, Predicate<PolicyReply> enough)
            throws GuardAway, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<PolicyReply> reply = ask(question).filter(enough);
            if (reply.isPresent()) {
                return reply.get();
            }
            pause();
        }
        throw new GuardAway(tenant, patience);
    }

    private Optional<PolicyReply> ask(Function<ActorRef<PolicyReply>, GuardCommand> question)
            throws InterruptedException {
        try {
            return Optional.of(guards.ask(tenant, question, ANSWER_WITHIN)
                    .toCompletableFuture()
                    .get(ANSWER_WITHIN.toMillis() * 2, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    private static void pause() throws InterruptedException {
        var _ = new CountDownLatch(1).await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
