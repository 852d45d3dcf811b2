package io.bulwark.admission;

import io.bulwark.guard.LimitReport;
import io.bulwark.ratelimit.Concurrency;
import io.bulwark.ratelimit.Decision;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.Level;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Limiter;
import io.bulwark.ratelimit.StrictLevel;
import java.time.Instant;
import java.util.Optional;

/** One limit of one tenant with where it stands: an immutable value. */
sealed interface Meter {
    LimitPolicy policy();

    /** Where it stands exactly; soft, whatever the durability. */
    Level level();

    /** What spending would come to. */
    Trial acquire(long cost, Instant now);

    /** Takes the difference between what was reserved at {@code spentAt} and what it cost. */
    Trial adjust(long reserved, long cost, Instant spentAt, Instant now);

    /** A limit as its policy and what the journal has of it say. */
    static Meter of(LimitPolicy policy, Optional<Level> journalled, Instant now) {
        Limiter limiter = Limiter.of(policy);
        Level level = journalled.orElseGet(() -> limiter.fresh(now));
        return policy.durability() == Durability.STRICT
                ? new Strict(policy, limiter, StrictLevel.restored(level))
                : new Soft(policy, limiter, level);
    }

    /** The same level under a policy that {@linkplain #carriesOver carries it over}. */
    Meter under(LimitPolicy next);

    /**
     * Whether a limit goes on where it was when its policy changes; if not, it starts fresh. Another durability starts
     * fresh too, because the journal holds nothing of a soft limit.
     */
    static boolean carriesOver(LimitPolicy before, LimitPolicy after) {
        return before.countsLike(after) && before.durability() == after.durability();
    }

    /** How the limit stands now, nothing spent. */
    default LimitReport report(Instant now) {
        return report(acquire(0, now).decision());
    }

    /** The report of a decision. */
    default LimitReport report(Decision decision) {
        LimitPolicy policy = policy();
        return new LimitReport(
                policy.name(),
                policy.algorithm(),
                policy.capacity(),
                policy.per(),
                decision.remaining(),
                decision.resetAfter());
    }

    /**
     * What a request would come to; nothing has happened until {@code next} is put in the meter's place.
     *
     * @param toJournal the level that must be durable before the answer is given
     */
    record Trial(Decision decision, Meter next, Optional<Level> toJournal) {}

    /** Losing it costs at most one extra burst. */
    record Soft(LimitPolicy policy, Limiter limiter, Level level) implements Meter {
        @Override
        public Trial acquire(long cost, Instant now) {
            return trial(limiter.acquire(level, cost, now));
        }

        @Override
        public Trial adjust(long reserved, long cost, Instant spentAt, Instant now) {
            Level adjusted = cost <= reserved
                    ? limiter.refund(level, reserved - cost, spentAt, now)
                    : limiter.charge(level, cost - reserved, now);
            return trial(limiter.acquire(adjusted, 0, now));
        }

        @Override
        public Meter under(LimitPolicy next) {
            return new Soft(next, Limiter.of(next), level);
        }

        /** What holding a concurrency limit would come to. */
        Trial hold(Concurrency concurrency, long id, long cost, Instant until, Instant now) {
            return trial(concurrency.hold(level, id, cost, until, now));
        }

        /** The meter after a holder of a concurrency limit let go. */
        Soft release(Concurrency concurrency, long id, Instant now) {
            return new Soft(policy, limiter, concurrency.release(level, id, now));
        }

        private Trial trial(Decision decision) {
            return new Trial(decision, new Soft(policy, limiter, decision.level()), Optional.empty());
        }
    }

    /** Losing it costs at most one block, never an admission too many. */
    record Strict(LimitPolicy policy, Limiter limiter, StrictLevel strict) implements Meter {
        @Override
        public Level level() {
            return strict.exact();
        }

        @Override
        public Trial acquire(long cost, Instant now) {
            return trial(strict.acquire(limiter, cost, now));
        }

        @Override
        public Trial adjust(long reserved, long cost, Instant spentAt, Instant now) {
            StrictLevel.Change change = cost <= reserved
                    ? strict.refund(limiter, reserved - cost, spentAt, now)
                    : strict.charge(limiter, cost - reserved, now);
            Decision decision = limiter.acquire(change.next().exact(), 0, now);
            return new Trial(decision, new Strict(policy, limiter, change.next()), change.toJournal());
        }

        @Override
        public Meter under(LimitPolicy next) {
            return new Strict(next, Limiter.of(next), strict);
        }

        private Trial trial(StrictLevel.Outcome outcome) {
            return new Trial(outcome.decision(), new Strict(policy, limiter, outcome.next()), outcome.toJournal());
        }
    }
}
