package io.bulwark.load.drive;

/** When calls are meant to be sent. Moments are of {@link System#nanoTime}. */
sealed interface Arrivals {
    /** What {@link #take} returns when no call is due. */
    long NONE = Long.MIN_VALUE;

    /** Takes the next call when it is due, and returns its intended moment; else {@link #NONE}. */
    long take(long now);

    /** The moment of the next call; {@link #NONE} when there will be none. */
    long next(long now);

    /** How many calls are due. */
    long due(long now);

    /** Another call whenever a connection is free. */
    record Continuous(long end) implements Arrivals {
        @Override
        public long take(long now) {
            return next(now);
        }

        @Override
        public long next(long now) {
            return now - end < 0 ? now : NONE;
        }

        @Override
        public long due(long now) {
            return now - end < 0 ? Long.MAX_VALUE : 0;
        }
    }

    /** Evenly spaced calls, whatever became of those before. */
    final class Scheduled implements Arrivals {
        private static final double NANOS = 1e9;

        private final long start;
        private final long total;
        private final double every;
        private long taken;

        /** @param nanos for how long; calls due in that time are sent, later ones are not */
        Scheduled(long start, long nanos, int perSecond) {
            this.start = start;
            this.every = NANOS / perSecond;
            this.total = (long) Math.ceil(nanos / every);
        }

        @Override
        public long take(long now) {
            long moment = next(now);
            if (moment == NONE || moment - now > 0) {
                return NONE;
            }
            taken++;
            return moment;
        }

        @Override
        public long next(long now) {
            return taken < total ? start + (long) (taken * every) : NONE;
        }

        @Override
        public long due(long now) {
            return Math.min(total, (long) ((now - start) / every) + 1) - taken;
        }
    }
}
