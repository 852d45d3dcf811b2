package io.bulwark.node.start;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node has started, stopped in the opposite order: whatever was started later may still need what was started
 * earlier, so the database goes last.
 */
final class Parts {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private final Deque<Part> started = new ArrayDeque<>();

    /** How a part is stopped; may take its time, which it bounds itself. */
    @FunctionalInterface
    interface Stop {
        void run() throws Exception;
    }

    private record Part(String name, Stop stop) {}

    /** Notes that something was started. */
    synchronized void started(String name, Stop stop) {
        started.push(new Part(name, stop));
    }

    /** How many are running. */
    synchronized int running() {
        return started.size();
    }

    /** Stops everything, the latest first; see {@link #stopDownTo}. */
    boolean stopAll() {
        return stopDownTo(0);
    }

    /**
     * Stops the latest until this many are left. A part that fails to stop is reported and does not keep the others
     * running. Two may stop parts at the same time: each part is stopped by one of them.
     *
     * @return whether every part stopped without a failure
     */
    boolean stopDownTo(int left) {
        boolean clean = true;
        for (Optional<Part> part = next(left); part.isPresent(); part = next(left)) {
            clean &= stop(part.get());
        }
        return clean;
    }

    private synchronized Optional<Part> next(int left) {
        return started.size() > left ? Optional.of(started.pop()) : Optional.empty();
    }

    private static boolean stop(Part part) {
        try {
            part.stop.run();
            LOG.info("stopped: {}", part.name);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn("interrupted while stopping {}", part.name);
            return false;
        } catch (Exception e) {
            LOG.warn("could not stop {} cleanly: {}", part.name, e.toString());
            return false;
        }
    }
}
