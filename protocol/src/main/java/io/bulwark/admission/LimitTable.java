package io.bulwark.admission;

import io.bulwark.grammar.Name;
import io.bulwark.guard.LimitReport;
import io.bulwark.ratelimit.Concurrency;
import io.bulwark.ratelimit.Decision;
import io.bulwark.ratelimit.Level;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.TenantPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a tenant's limits stand. Soft, but for what strict limits have in the journal; see {@link Meter}. */
final class LimitTable {
    private final TenantPolicy policy;
    /** In the policy's order. An array, because there are few and a hundred thousand tenants have one. */
    private final Meter[] meters;
    /** Which limits a call to a service spends of, where that depends on the service; forgotten when the policy changes. */
    private Map<Name, List<LimitPolicy>> byService = Map.of();

    LimitTable(TenantPolicy policy, Map<String, Level> journalled, Instant now) {
        this.policy = policy;
        this.meters = new Meter[policy.limits().size()];
        for (int i = 0; i < meters.length; i++) {
            LimitPolicy limit = policy.limits().get(i);
            meters[i] = Meter.of(
                    limit, Optional.ofNullable(journalled.get(limit.name().value())), now);
        }
    }

    /** The table after the policy changed: a limit that counts as before keeps its level, the others start fresh. */
    LimitTable under(TenantPolicy next, Map<String, Level> journalled, Instant now) {
        LimitTable table = new LimitTable(next, journalled, now);
        for (Meter meter : meters) {
            next.limit(meter.policy().name())
                    .filter(limit -> Meter.carriesOver(meter.policy(), limit))
                    .ifPresent(limit -> table.put(meter.under(limit)));
        }
        return table;
    }

    /** One limit's part in the decision over a call. */
    record Part(Name limit, Meter.Trial trial) {
        Decision decision() {
            return trial.decision();
        }

        LimitReport report() {
            return trial.next().report(trial.decision());
        }

        boolean refuses() {
            return !decision().allowed() && trial.next().policy().mode() == Mode.ENFORCE;
        }
    }

    /** What one more call to a service would come to under each limit that applies to it. */
    List<Part> trial(Name service, long permit, Instant until, Instant now) {
        List<Part> parts = new ArrayList<>();
        for (LimitPolicy limit : limitsFor(service)) {
            Meter meter = meter(limit.name());
            parts.add(new Part(
                    limit.name(),
                    switch (meter) {
                        case Meter.Soft soft
                        when soft.limiter() instanceof Concurrency concurrency ->
                            soft.hold(concurrency, permit, 1, until, now);
                        case Meter.Soft soft -> soft.acquire(1, now);
                        case Meter.Strict strict -> strict.acquire(1, now);
                    }));
        }
        return parts;
    }

    /** How the limits of a service stand, nothing spent. */
    List<Part> peek(Name service, Instant now) {
        List<Part> parts = new ArrayList<>();
        for (LimitPolicy limit : limitsFor(service)) {
            parts.add(new Part(limit.name(), meter(limit.name()).acquire(0, now)));
        }
        return parts;
    }

    /** Makes a trial true; the events must be durable before anyone is told. */
    List<GuardEvent> commit(List<Part> parts) {
        List<GuardEvent> events = new ArrayList<>();
        for (Part part : parts) {
            if (part.decision().allowed()) {
                put(part.trial().next());
                part.trial()
                        .toJournal()
                        .ifPresent(level -> events.add(new GuardEvent.LimitReserved(part.limit(), level)));
            }
        }
        return events;
    }

    /** Those parts that are spent at once; a duplicate that waits holds no concurrency. */
    List<Part> spent(List<Part> parts) {
        return parts.stream()
                .filter(part -> concurrency(part.limit()).isEmpty())
                .toList();
    }

    /** The names of the concurrency limits that a trial holds. */
    List<Name> held(List<Part> parts) {
        List<Name> held = new ArrayList<>();
        for (Part part : parts) {
            if (part.decision().allowed() && concurrency(part.limit()).isPresent()) {
                held.add(part.limit());
            }
        }
        return held.isEmpty() ? List.of() : held;
    }

    /** Lets go of what a permit held. */
    void release(List<Name> held, long permit, Instant now) {
        for (Name name : held) {
            find(name).ifPresent(meter -> {
                if (meter instanceof Meter.Soft soft && soft.limiter() instanceof Concurrency concurrency) {
                    put(soft.release(concurrency, permit, now));
                }
            });
        }
    }

    Optional<Meter> find(Name limit) {
        int index = indexOf(limit);
        return index < 0 ? Optional.empty() : Optional.of(meters[index]);
    }

    /** The rule of a limit that is held rather than spent. */
    Optional<Concurrency> concurrency(Name limit) {
        return find(limit)
                .flatMap(meter -> meter instanceof Meter.Soft soft && soft.limiter() instanceof Concurrency concurrency
                        ? Optional.of(concurrency)
                        : Optional.empty());
    }

    /** The soft levels that are not as good as fresh, by name; concurrency is left out, its holders do not survive. */
    Map<String, Level> worthParking(Instant now) {
        Map<String, Level> levels = new HashMap<>();
        for (Meter meter : meters) {
            if (meter instanceof Meter.Soft soft && !(soft.limiter() instanceof Concurrency)) {
                Duration reset = soft.acquire(0, now).decision().resetAfter();
                if (!reset.isZero()) {
                    levels.put(soft.policy().name().value(), soft.level());
                }
            }
        }
        return levels;
    }

    static List<LimitReport> reports(List<Part> parts) {
        List<LimitReport> reports = new ArrayList<>(parts.size());
        for (Part part : parts) {
            reports.add(part.report());
        }
        return reports;
    }

    private Meter meter(Name name) {
        return find(name).orElseThrow(() -> new IllegalStateException("no meter for the limit " + name));
    }

    /** Puts a meter in the place of the one of the same limit. */
    private void put(Meter meter) {
        meters[indexOf(meter.policy().name())] = meter;
    }

    private int indexOf(Name limit) {
        for (int i = 0; i < meters.length; i++) {
            if (meters[i].policy().name().equals(limit)) {
                return i;
            }
        }
        return -1;
    }

    private List<LimitPolicy> limitsFor(Name service) {
        if (policy.appliesTo().isEmpty()) {
            return policy.limits();
        }
        List<LimitPolicy> known = byService.get(service);
        if (known != null) {
            return known;
        }
        List<LimitPolicy> limits = policy.limitsFor(service);
        byService = byService.isEmpty() ? new HashMap<>() : byService;
        if (byService.size() < CircuitTable.CIRCUITS_MAX) {
            byService.put(service, limits);
        }
        return limits;
    }
}
