package io.bulwark.node.guard;

import io.bulwark.admission.Admitting;
import io.bulwark.admission.StandIn;
import io.bulwark.admission.Wake;
import io.bulwark.guard.Admission;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.Acquire;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.guard.GuardCommand.PermitCircuit;
import io.bulwark.guard.GuardCommand.ReportCircuit;
import io.bulwark.guard.GuardCommand.Settle;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.GuardSilentException.Why;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.PolicyReply;
import io.bulwark.tenant.TenantDirectory.LastKnown;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The shell around one tenant's {@link StandIn}: one question at a time, and those who wait for a call in flight are
 * answered when it is settled. Nobody is answered while the lock is held, because whoever is goes on from there.
 */
final class Desk {
    private final StandIn standIn;
    private final InstantSource clock;
    private final Later later;
    private final Map<Long, CompletableFuture<Admission>> waiters = new HashMap<>();
    private Optional<Instant> lapseAt = Optional.empty();

    Desk(LastKnown policy, int members, long firstPermit, InstantSource clock, Later later) {
        this.standIn = new StandIn(policy, members, firstPermit, clock.instant());
        this.clock = clock;
        this.later = later;
    }

    /** Why a question must not be answered here, if it must not. */
    synchronized Optional<Why> silentOn(GuardCommand question) {
        return switch (question) {
            case Admit admit -> standIn.silentOn(admit);
            case Acquire acquire -> standIn.silentOn(acquire);
            case PermitCircuit permit -> standIn.silentOn(permit);
            case ShowPolicy _ -> Optional.empty();
            case GuardCommand other -> throw notAnswered(other);
        };
    }

    /** The answer to a question that may be answered here. */
    CompletionStage<?> answer(GuardCommand question) {
        return switch (question) {
            case Admit admit -> admit(admit);
            case Acquire acquire -> CompletableFuture.completedStage(acquire(acquire));
            case PermitCircuit permit -> CompletableFuture.completedStage(permit(permit));
            case ShowPolicy _ -> CompletableFuture.completedStage(new PolicyReply.StoodIn(standIn.showPolicy()));
            case GuardCommand other -> throw notAnswered(other);
        };
    }

    private synchronized CompletionStage<Admission> admit(Admit admit) {
        Admitting admitting = standIn.admit(admit, clock.instant());
        scheduleLapse();
        return switch (admitting) {
            case Admitting.Answered(Admission answer) ->
                CompletableFuture.completedStage(new Admission.StoodIn(answer));
            case Admitting.Waiting(long waiter, Instant _) ->
                waiters.computeIfAbsent(waiter, _ -> new CompletableFuture<>());
        };
    }

    private synchronized LimitReply acquire(Acquire acquire) {
        return new LimitReply.StoodIn(standIn.acquire(acquire, clock.instant()));
    }

    private synchronized CircuitReply permit(PermitCircuit permit) {
        CircuitReply answer = standIn.permitCircuit(permit, clock.instant());
        scheduleLapse();
        return new CircuitReply.StoodIn(answer);
    }

    /** How a call that was permitted here ended. */
    synchronized CircuitReply report(ReportCircuit report) {
        return new CircuitReply.StoodIn(standIn.reportCircuit(report, clock.instant()));
    }

    /** A call that was admitted here has ended. */
    void settle(Settle settle) {
        List<Runnable> answers;
        synchronized (this) {
            answers = woken(standIn.settle(settle.permit(), settle.outcome(), settle.took(), clock.instant()));
        }
        answers.forEach(Runnable::run);
    }

    /** Whether no permit is out and nobody waits. */
    synchronized boolean idle() {
        return standIn.nextLapse().isEmpty();
    }

    private void lapse() {
        List<Runnable> answers;
        synchronized (this) {
            lapseAt = Optional.empty();
            answers = woken(standIn.lapse(clock.instant()));
            scheduleLapse();
        }
        answers.forEach(Runnable::run);
    }

    private List<Runnable> woken(List<Wake> wakes) {
        List<Runnable> answers = new ArrayList<>(wakes.size());
        for (Wake wake : wakes) {
            CompletableFuture<Admission> waiter = waiters.remove(wake.waiter());
            if (waiter != null) {
                answers.add(() -> waiter.complete(new Admission.StoodIn(wake.reply())));
            }
        }
        return answers;
    }

    /** One timer for everything that can lapse, set to the earliest. */
    private void scheduleLapse() {
        Optional<Instant> next = standIn.nextLapse();
        if (next.isEmpty() || (lapseAt.isPresent() && !next.get().isBefore(lapseAt.get()))) {
            return;
        }
        lapseAt = next;
        Duration until = Duration.between(clock.instant(), next.get());
        later.after(until.isPositive() ? until : Duration.ofMillis(1), this::lapse);
    }

    private static IllegalArgumentException notAnswered(GuardCommand question) {
        return new IllegalArgumentException("Nobody answers this in a guard's place: " + question);
    }
}
