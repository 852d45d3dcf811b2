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
    private final Map<Name, Meter> meters = new HashMap<>();
    /** Which meters a call to a service spends of; worked out at the first call, forgotten when the policy changes. */
    private final Map<Name, List<Name>> byService = new HashMap<>();

    private final TenantPolicy policy;

    LimitTable(TenantPolicy policy, Map<String, Level> journalled, Instant now) {
        this.policy = policy;
        for (LimitPolicy limit : policy.limits()) {
            Optional<Level> level =
                    Optional.ofNullable(journalled.get(limit.name().value()));
            meters.put(limit.name(), Meter.of(limit, level, now));
        }
    }

    /** The table after the policy changed: a limit that counts as before keeps its level, the others start fresh. */
    LimitTable under(TenantPolicy next, Map<String, Level> journalled, Instant now) {
        LimitTable table = new LimitTable(next, journalled, now);
        meters.forEach((name, meter) -> next.limit(name)
                .filter(limit -> Meter.carriesOver(meter.policy(), limit))
                .ifPresent(limit -> table.meters.put(name, meter.under(limit))));
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
        for (Name name : namesFor(service)) {
            Meter meter = meter(name);
            parts.add(new Part(
                    name,
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
        for (Name name : namesFor(service)) {
            parts.add(new Part(name, meter(name).acquire(0, now)));
        }
        return parts;
    }

    /** Makes a trial true; the events must be durable before anyone is told. */
    List<GuardEvent> commit(List<Part> parts) {
        List<GuardEvent> events = new ArrayList<>();
        for (Part part : parts) {
            if (part.decision().allowed()) {
                meters.put(part.limit(), part.trial().next());
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
                    meters.put(name, soft.release(concurrency, permit, now));
                }
            });
        }
    }

    Optional<Meter> find(Name limit) {
        return Optional.ofNullable(meters.get(limit));
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
        meters.forEach((name, meter) -> {
            if (meter instanceof Meter.Soft soft && concurrency(name).isEmpty()) {
                Duration reset = soft.acquire(0, now).decision().resetAfter();
                if (!reset.isZero()) {
                    levels.put(name.value(), soft.level());
                }
            }
        });
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

    private List<Name> namesFor(Name service) {
        List<Name> known = byService.get(service);
        if (known != null) {
            return known;
        }
        List<Name> names =
                policy.limitsFor(service).stream().map(LimitPolicy::name).toList();
        if (byService.size() < CircuitTable.CIRCUITS_MAX) {
            byService.put(service, names);
        }
        return names;
    }
}
