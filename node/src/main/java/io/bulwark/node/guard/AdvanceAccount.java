package io.bulwark.node.guard;

import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import io.bulwark.guard.LimitReport;
import io.bulwark.ratelimit.Advance;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What this node has in advance of one limit, and how much it needed of late.
 *
 * <pre>
 * nothing -- enough is asked for --> asking -- the guard advances some --> spending -- spent, or its time is over --> nothing
 * </pre>
 */
final class AdvanceAccount {
    /** Decisions within the life of an advance from which on one is worth its question. */
    private static final int WORTH_IT = 4;

    private long given;
    private long left;
    private Instant until = Instant.MIN;
    private Optional<LimitReport> report = Optional.empty();
    private boolean asking;
    /** Of the present stretch of time, and of the one before it, each as long as an advance lives. */
    private Instant stretch = Instant.MIN;

    private Need present = Need.NONE;
    private Need before = Need.NONE;

    /** How much was asked for, in how many decisions. */
    private record Need(long cost, int decisions) {
        static final Need NONE = new Need(0, 0);

        Need and(long more) {
            return new Need(cost + more, decisions + 1);
        }
    }

    /** The decision over a cost, if it can be taken here. */
    synchronized Optional<Result> spend(long cost, Instant at) {
        note(cost, at);
        if (cost > left || !at.isBefore(until)) {
            return Optional.empty();
        }
        left -= cost;
        return report.map(from -> new Result.Allowed(standing(from), Duration.ZERO));
    }

    /** How much is to be asked for with the next question, 0 when somebody asks already, or it is not worth it. */
    synchronized long wanted(Instant at) {
        Need need = before.cost() > present.cost() ? before : present;
        if (asking || need.decisions() < WORTH_IT) {
            return 0;
        }
        asking = true;
        return Math.min(need.cost(), Advance.MOST);
    }

    /** @param asked when what is answered was asked for: the advance lives from then on */
    synchronized void answered(Optional<LimitReply.Decided> answer, Instant asked) {
        asking = false;
        answer.filter(decided -> decided.advanced() > 0).ifPresent(decided -> {
            if (decided.results().getFirst() instanceof Result.Allowed(LimitReport with, Duration _)) {
                given = decided.advanced();
                left = given;
                report = Optional.of(with);
                until = asked.plus(Advance.GOOD_FOR);
            }
        });
    }

    private void note(long cost, Instant at) {
        if (!at.isBefore(stretch.plus(Advance.GOOD_FOR))) {
            before = at.isBefore(stretch.plus(Advance.GOOD_FOR.multipliedBy(2))) ? present : Need.NONE;
            present = Need.NONE;
            stretch = at;
        }
        present = present.and(cost);
    }

    /** As the guard saw it, without what was spent here since. */
    private LimitReport standing(LimitReport from) {
        return new LimitReport(
                from.limit(),
                from.algorithm(),
                from.capacity(),
                from.per(),
                Math.max(0, from.remaining() - (given - left)),
                from.resetAfter());
    }
}
