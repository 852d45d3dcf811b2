package io.bulwark.node.guard;

import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.Guards;
import io.bulwark.guard.PolicyReply;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guards that do not answer this node. A silent guard is asked again and again, one question at a time, until it
 * answers; that ends its absence. Soft: losing it costs one detection per tenant.
 */
final class Absences {
    private static final Logger LOG = LoggerFactory.getLogger(Absences.class);

    private final Guards guards;
    private final PolicyMemory policies;
    private final InstantSource clock;
    private final Later later;
    private final StandInSettings settings;
    private final Map<Name, Absence> absences = new ConcurrentHashMap<>();
    private final Map<Name, CompletableFuture<Boolean>> probes = new ConcurrentHashMap<>();
    private final AtomicInteger silent = new AtomicInteger();

    Absences(Guards guards, PolicyMemory policies, InstantSource clock, Later later, StandInSettings settings) {
        this.guards = guards;
        this.policies = policies;
        this.clock = clock;
        this.later = later;
        this.settings = settings;
    }

    /** How many guards are silent. */
    int silent() {
        return silent.get();
    }

    /** How many are silent, or were of late. */
    int size() {
        return absences.size();
    }

    /** The tenant's absence, if its guard is silent; to be asked by whoever has a question for it. */
    Optional<Absence> silent(Name tenant) {
        Absence absence = absences.get(tenant);
        if (absence == null || !absence.isSilent()) {
            return Optional.empty();
        }
        absence.asked(clock.instant());
        return Optional.of(absence);
    }

    /** Whether the guard has just come back: better evidence than where it was last seen. */
    boolean heardOfLate(Name tenant) {
        Absence absence = absences.get(tenant);
        return absence != null && absence.overSince(clock.instant().minus(settings.keepFor()));
    }

    /** The tenant's desk, if there is one, though its guard may be back. */
    Optional<Desk> desk(Name tenant) {
        Absence absence = absences.get(tenant);
        return absence == null ? Optional.empty() : absence.desk();
    }

    /** The tenant's guard is silent; empty when there is no room for one more. */
    Optional<Absence> begin(Name tenant) {
        Absence absence = absences.compute(tenant, (_, present) -> {
            if (present == null) {
                return absences.size() >= StandInSettings.TENANTS_MAX ? null : begun(tenant);
            }
            if (present.begin(clock.instant())) {
                fellSilent(tenant);
            }
            return present;
        });
        return Optional.ofNullable(absence);
    }

    private Absence begun(Name tenant) {
        Absence absence = new Absence(clock.instant());
        fellSilent(tenant);
        later.after(settings.probeEvery(), () -> look(tenant, absence));
        return absence;
    }

    /**
     * Whether the guard says anything within the time that it has for that; asked once for all who want to know. What it
     * says later ends its absence all the same.
     */
    CompletionStage<Boolean> answers(Name tenant) {
        CompletableFuture<Boolean> asked = new CompletableFuture<>();
        CompletableFuture<Boolean> before = probes.putIfAbsent(tenant, asked);
        if (before != null) {
            return before;
        }
        Runnable timer = later.after(settings.degradeAfter(), () -> told(tenant, asked, false));
        guards.<PolicyReply>ask(tenant, ShowPolicy::new, settings.refuseAfter()).whenComplete((reply, failure) -> {
            timer.run();
            if (failure == null) {
                policies.shown(tenant, reply);
                Optional.ofNullable(absences.get(tenant)).ifPresent(absence -> ended(tenant, absence));
            }
            told(tenant, asked, failure == null);
        });
        return asked;
    }

    private void told(Name tenant, CompletableFuture<Boolean> asked, boolean answered) {
        probes.remove(tenant, asked);
        asked.complete(answered);
    }

    /** One turn in the life of an absence; there is always exactly one to come. */
    private void look(Name tenant, Absence absence) {
        Instant then = clock.instant().minus(settings.keepFor());
        if (absence.isSilent() && absence.nobodyAskedSince(then)) {
            ended(tenant, absence);
        }
        if (absences.computeIfPresent(tenant, (_, present) -> present.mayBeForgotten(then) ? null : present) == null) {
            return;
        }
        if (absence.isSilent() && probes.size() < StandInSettings.PROBES_MAX) {
            answers(tenant).thenAccept(_ -> lookLater(tenant, absence));
        } else {
            lookLater(tenant, absence);
        }
    }

    private void lookLater(Name tenant, Absence absence) {
        later.after(settings.probeEvery(), () -> look(tenant, absence));
    }

    private void fellSilent(Name tenant) {
        if (silent.getAndIncrement() == 0) {
            LOG.warn(
                    "the guard of {} does not answer, and perhaps others: this node answers in their place within its"
                            + " share, and says so with Bulwark-Degraded",
                    tenant);
        }
    }

    private void ended(Name tenant, Absence absence) {
        if (absence.end(clock.instant()) && silent.decrementAndGet() == 0) {
            LOG.info("no guard is missed any more, the last was that of {}", tenant);
        }
    }
}
