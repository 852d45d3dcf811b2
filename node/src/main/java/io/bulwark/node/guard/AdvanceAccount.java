package io.bulwark.node.guard;

import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import io.bulwark.guard.LimitReport;
import io.bulwark.ratelimit.Advance;
import java.time.Duration;
import java.util.Optional;

/**
 * What this node has in advance of one limit, and how much it needed of late. Times are nanoseconds of a clock that never
 * goes back, such as {@link System#nanoTime}: a wall clock that is set back would let an advance live on.
 *
 * <pre>
 * nothing -- enough is asked for --> asking -- the guard advances some --> spending -- spent, or its time is over --> nothing
 * </pre>
 */
final class AdvanceAccount {
    /** Decisions within the life of an advance from which on one is worth its question. */
    private static final int WORTH_IT = 4;

    private static final long GOOD_FOR = Advance.GOOD_FOR.toNanos();

    private long given;
    private long left;
    private long asked;
    private Optional<LimitReport> report = Optional.empty();
    private boolean asking;
    /** Of the present stretch of time, and of the one before it, each as long as an advance lives. */
    private long stretch;

    private Need present = Need.NONE;
    private Need before = Need.NONE;

    AdvanceAccount(long now) {
        this.asked = now;
        this.stretch = now;
    }

    /** How much was asked for, in how many decisions. */
    private record Need(long cost, int decisions) {
        static final Need NONE = new Need(0, 0);

        Need and(long more) {
            return new Need(cost + more, decisions + 1);
        }
    }

    /** The decision over a cost, if it can be taken here. */
    synchronized Optional<Result> spend(long cost, long now) {
        note(cost, now);
        if (cost > left || now - asked >= GOOD_FOR) {
            return Optional.empty();
        }
        left -= cost;
        return report.map(from -> new Result.Allowed(standing(from), Duration.ZERO));
    }

    /** How much is to be asked for with the next question, 0 when somebody asks already, or it is not worth it. */
    synchronized long wanted() {
        Need need = before.cost() > present.cost() ? before : present;
        if (asking || need.decisions() < WORTH_IT) {
            return 0;
        }
        asking = true;
        return Math.min(need.cost(), Advance.MOST);
    }

    /** @param since when what is answered was asked for: the advance lives from then on */
    synchronized void answered(Optional<LimitReply.Decided> answer, long since) {
        asking = false;
        answer.filter(decided -> decided.advanced() > 0).ifPresent(decided -> {
            if (decided.results().getFirst() instanceof Result.Allowed(LimitReport with, Duration _)) {
                given = decided.advanced();
                left = given;
                report = Optional.of(with);
                asked = since;
            }
        });
    }

    private void note(long cost, long now) {
        long since = now - stretch;
        if (since >= GOOD_FOR) {
            before = since < 2 * GOOD_FOR ? present : Need.NONE;
            present = Need.NONE;
            stretch = now;
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
