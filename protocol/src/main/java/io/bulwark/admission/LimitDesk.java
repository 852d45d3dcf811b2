package io.bulwark.admission;

import io.bulwark.admission.Reservations.Reservation;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand.Item;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import io.bulwark.guard.LimitReport;
import io.bulwark.ratelimit.Advance;
import io.bulwark.ratelimit.Concurrency;
import io.bulwark.ratelimit.Decision;
import io.bulwark.ratelimit.Mode;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The part of a guard that decides over limits for clients who do the work themselves. */
public final class LimitDesk {
    private final TenantGuard guard;
    private final LimitTable limits;
    private final Permits numbers;
    private final Reservations reservations;

    LimitDesk(TenantGuard guard, LimitTable limits, Permits numbers, Reservations reservations) {
        this.guard = guard;
        this.limits = limits;
        this.numbers = numbers;
        this.reservations = reservations;
    }

    /** Spends of some limits, one after the other; each has its own result. */
    public Step<GuardEvent, LimitReply> acquire(List<Item> items, Instant now) {
        return whenActive(() -> {
            List<GuardEvent> events = new ArrayList<>();
            List<Result> results = new ArrayList<>(items.size());
            for (Item item : items) {
                results.add(acquire(item, events, now));
            }
            return new Step<>(latestOnly(events), new LimitReply.Decided(results));
        });
    }

    /**
     * The same.
     *
     * @param ahead how much more the asking node would like to spend by itself, of one limit
     */
    public Step<GuardEvent, LimitReply> acquire(List<Item> items, long ahead, Instant now) {
        return ahead == 0 ? acquire(items, now) : acquire(items.getFirst(), ahead, now);
    }

    private Step<GuardEvent, LimitReply> acquire(Item item, long ahead, Instant now) {
        return whenActive(() -> {
            List<GuardEvent> events = new ArrayList<>();
            Result result = acquire(item, events, now);
            long advanced = result instanceof Result.Allowed(LimitReport report, Duration _)
                    ? advance(item.limit(), report.remaining(), ahead, now)
                    : 0;
            return new Step<>(events, new LimitReply.Decided(List.of(result), advanced));
        });
    }

    /** Spends what is advanced; only soft limits are, so that there is nothing to journal. */
    private long advance(Name limit, long remaining, long ahead, Instant now) {
        Optional<Meter> meter = limits.find(limit);
        long advanced =
                meter.map(of -> Advance.of(of.policy(), remaining, ahead)).orElse(0L);
        if (advanced > 0) {
            meter.ifPresent(of -> limits.commit(List.of(new LimitTable.Part(limit, of.acquire(advanced, now)))));
        }
        return advanced;
    }

    private Result acquire(Item item, List<GuardEvent> events, Instant now) {
        Optional<Meter> meter = limits.find(item.limit());
        if (meter.isEmpty()) {
            return new Result.NoSuchLimit(item.limit());
        }
        if (item.cost() > 0 && limits.concurrency(item.limit()).isPresent()) {
            return new Result.HeldNotSpent(item.limit());
        }
        LimitTable.Part part = new LimitTable.Part(item.limit(), meter.get().acquire(item.cost(), now));
        if (part.refuses()) {
            return new Result.Denied(part.report(), part.decision().retryAfter());
        }
        events.addAll(limits.commit(List.of(part)));
        return new Result.Allowed(part.report(), part.decision().delay());
    }

    /** Of several reservations of one limit in one batch, only the last level needs to be durable. */
    private static List<GuardEvent> latestOnly(List<GuardEvent> events) {
        List<GuardEvent> latest = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            if (!reservedAgainLater(events, i)) {
                latest.add(events.get(i));
            }
        }
        return latest;
    }

    private static boolean reservedAgainLater(List<GuardEvent> events, int index) {
        return events.get(index) instanceof GuardEvent.LimitReserved(Name limit, var _)
                && events.subList(index + 1, events.size()).stream()
                        .anyMatch(later ->
                                later instanceof GuardEvent.LimitReserved(Name other, var _) && other.equals(limit));
    }

    /** Spends of a limit what is expected; the rest is known at {@link #settle}. */
    public Step<GuardEvent, LimitReply> reserve(Name limit, long cost, Duration expiresIn, Instant now) {
        return whenActive(() -> {
            Optional<Meter> meter = limits.find(limit);
            if (meter.isEmpty()) {
                return Step.of(new LimitReply.UnknownLimit(limit));
            }
            if (reservations.full(now)) {
                return Step.of(new LimitReply.Overloaded(TenantGuard.OVERLOADED_RETRY));
            }
            return reserve(limit, meter.get(), cost, now.plus(expiresIn), now);
        });
    }

    private Step<GuardEvent, LimitReply> reserve(Name limit, Meter meter, long cost, Instant until, Instant now) {
        long id = numbers.number();
        Optional<Concurrency> concurrency = limits.concurrency(limit);
        Meter.Trial trial = concurrency.isPresent() && meter instanceof Meter.Soft soft
                ? soft.hold(concurrency.get(), id, cost, until, now)
                : meter.acquire(cost, now);
        Decision decision = trial.decision();
        LimitTable.Part part = new LimitTable.Part(limit, trial);
        if (part.refuses()) {
            return Step.of(new LimitReply.Refused(part.report(), decision.retryAfter()));
        }
        // A shadow limit that would have refused spent nothing, so there is nothing to give back either.
        reservations.add(new Reservation(id, limit, decision.allowed() ? cost : 0, now, until));
        return new Step<>(
                limits.commit(List.of(part)),
                new LimitReply.Reserved(Permits.written(id), until, part.report(), decision.delay()));
    }

    /** What a reservation turned out to cost: less is given back, more is charged. */
    public Step<GuardEvent, LimitReply> settle(Name limit, String reservation, long cost, Instant now) {
        if (guard.state().policy().isEmpty()) {
            return Step.of(new LimitReply.UnknownTenant());
        }
        Optional<Meter> meter = limits.find(limit);
        if (meter.isEmpty()) {
            return Step.of(new LimitReply.UnknownLimit(limit));
        }
        Optional<Reservation> open = reservations.settle(Permits.read(reservation), limit, now);
        if (open.isEmpty()) {
            return Step.of(new LimitReply.UnknownReservation());
        }
        return settle(meter.get(), open.get(), cost, now);
    }

    private Step<GuardEvent, LimitReply> settle(Meter meter, Reservation open, long cost, Instant now) {
        if (limits.concurrency(open.limit()).isPresent()) {
            limits.release(List.of(open.limit()), open.id(), now);
            Meter after = limits.find(open.limit()).orElse(meter);
            return Step.of(new LimitReply.Settled(after.report(now)));
        }
        if (meter.policy().mode() == Mode.SHADOW && open.cost() == 0) {
            return Step.of(new LimitReply.Settled(meter.report(now)));
        }
        LimitTable.Part part = new LimitTable.Part(open.limit(), meter.adjust(open.cost(), cost, open.at(), now));
        return new Step<>(limits.commit(List.of(part)), new LimitReply.Settled(part.report()));
    }

    private Step<GuardEvent, LimitReply> whenActive(Supplier<Step<GuardEvent, LimitReply>> decide) {
        if (guard.state().policy().isEmpty()) {
            return Step.of(new LimitReply.UnknownTenant());
        }
        return guard.suspended()
                .<Step<GuardEvent, LimitReply>>map(status -> Step.of(new LimitReply.Suspended(status)))
                .orElseGet(decide);
    }
}
