package io.bulwark.http.gateway;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Scheduler;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.guard.GuardCommand.Settle;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.Guards;
import io.bulwark.guard.LimitReport;
import io.bulwark.guard.PolicyReply;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.tenant.TenantPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The guard of one tenant, {@code acme}: admits everything, one call per key at a time; the others wait until that one
 * is settled, or their wait is over. A test may put verdicts before that. Other tenants are unknown.
 */
final class FakeGuards implements Guards {
    static final Name ACME = new Name("acme");
    static final List<LimitReport> LIMITS = List.of(new LimitReport(
            new Name("requests"), Algorithm.TOKEN_BUCKET, 100, Duration.ofSeconds(1), 73, Duration.ofMillis(540)));

    private final ActorTestKit kit;
    private final Scheduler scheduler;
    private final ActorRef<GuardCommand> acme;
    private final ActorRef<GuardCommand> nobody;
    private final List<Admit> admits = new CopyOnWriteArrayList<>();
    private final List<Settle> settles = new CopyOnWriteArrayList<>();
    private final Map<IdempotencyKey, InFlight> inFlight = new HashMap<>();
    private final AtomicLong permits = new AtomicLong();
    private volatile TenantPolicy policy = TenantPolicy.DEFAULT;
    private volatile Function<Admit, Optional<Admission>> verdict = admit -> Optional.empty();
    private volatile boolean silent;
    private volatile Duration delay = Duration.ZERO;

    FakeGuards(ActorTestKit kit) {
        this.kit = kit;
        this.scheduler = kit.scheduler();
        this.acme = kit.spawn(Behaviors.receiveMessage(command -> {
            if (!silent) {
                receive(command);
            }
            return Behaviors.same();
        }));
        this.nobody = kit.spawn(Behaviors.receiveMessage(command -> {
            refuse(command);
            return Behaviors.same();
        }));
    }

    @Override
    public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
        return AskPattern.ask(tenant.equals(ACME) ? acme : nobody, question::apply, within, scheduler);
    }

    @Override
    public void tell(Name tenant, GuardCommand command) {
        acme.tell(command);
    }

    void policy(TenantPolicy next) {
        policy = next;
    }

    /** What calls are told from now on; empty leaves it to the guard. */
    void verdict(Function<Admit, Optional<Admission>> next) {
        verdict = next;
    }

    void verdict(Admission always) {
        verdict = admit -> Optional.of(always);
    }

    /** Whether questions are left without answer. */
    void silent(boolean now) {
        silent = now;
    }

    /** How long admitted calls wait for their turn. */
    void delay(Duration next) {
        delay = next;
    }

    List<Admit> admits() {
        return admits;
    }

    List<Settle> settles() {
        return settles;
    }

    private void receive(GuardCommand command) {
        switch (command) {
            case Admit admit -> {
                admits.add(admit);
                verdict.apply(admit).ifPresentOrElse(admit.replyTo()::tell, () -> admit(admit));
            }
            case Settle settle -> {
                settles.add(settle);
                settled(settle.permit());
            }
            case ShowPolicy show -> show.replyTo().tell(new PolicyReply.Shown(policy, 1));
            default -> throw new IllegalArgumentException("The gateway does not ask " + command);
        }
    }

    private void refuse(GuardCommand command) {
        switch (command) {
            case Admit admit -> admit.replyTo().tell(new Admission.UnknownTenant());
            case ShowPolicy show -> show.replyTo().tell(new PolicyReply.UnknownTenant());
            default -> throw new IllegalArgumentException("The gateway does not ask " + command);
        }
    }

    private void admit(Admit admit) {
        String permit = "p" + admits.size();
        if (admit.keyed().isEmpty()) {
            admit.replyTo().tell(admitted(permit));
            return;
        }
        IdempotencyKey key = admit.keyed().get().key();
        InFlight present = inFlight.get(key);
        if (present == null) {
            inFlight.put(key, new InFlight(permit, admit.keyed().get().fingerprint(), new ArrayList<>()));
            admit.replyTo().tell(admitted(permit));
        } else if (!present.fingerprint.equals(admit.keyed().get().fingerprint())) {
            admit.replyTo().tell(new Admission.KeyReused());
        } else {
            present.waiters.add(admit);
            scheduler.scheduleOnce(
                    admit.waitAtMost(), () -> giveUp(admit), kit.system().executionContext());
        }
    }

    /** Back into the actor, where the state is. */
    private void giveUp(Admit admit) {
        acme.tell(new Settle("give up " + admits.indexOf(admit), Outcome.IGNORED, Duration.ZERO));
    }

    private void settled(String permit) {
        if (permit.startsWith("give up ")) {
            settles.removeLast();
            Admit admit = admits.get(Integer.parseInt(permit.substring("give up ".length())));
            inFlight.values().forEach(flight -> {
                if (flight.waiters.remove(admit)) {
                    admit.replyTo().tell(new Admission.StillInFlight(LIMITS, Duration.ofSeconds(1)));
                }
            });
            return;
        }
        inFlight.values().removeIf(flight -> {
            boolean mine = flight.permit.equals(permit);
            if (mine) {
                flight.waiters.forEach(waiter -> waiter.replyTo().tell(new Admission.FirstFinished(LIMITS)));
            }
            return mine;
        });
    }

    /** How many permits were handed out. */
    long admitted() {
        return permits.get();
    }

    private Admission admitted(String permit) {
        permits.incrementAndGet();
        return new Admission.Admitted(permit, LIMITS, delay, policy.idempotency(), policy.legacyRateLimitHeaders());
    }

    private record InFlight(String permit, Fingerprint fingerprint, List<Admit> waiters) {}
}
