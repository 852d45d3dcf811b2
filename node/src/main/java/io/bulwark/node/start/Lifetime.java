package io.bulwark.node.start;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node's process ends: by a signal, or because it was told to leave the cluster, which stops the node in order and
 * ends with status 0. A membership that the others ended is no end: who waits here is told, and joins again.
 */
final class Lifetime {
    private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);

    /** What comes to pass while a node serves. */
    enum Event {
        /** The actor system ended although nobody here asked for it. */
        MEMBERSHIP_ENDED,
        /** Told to leave, and to end the process. */
        TOLD_TO_LEAVE,
        /** The actor system is to end and does not, so that there can be no other in this process. */
        MEMBERSHIP_STUCK
    }

    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final BooleanSupplier stop;

    Lifetime(BooleanSupplier stop) {
        this.stop = stop;
        Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "bulwark-stop"));
    }

    /** Waits for what comes next; a signal never comes back here, because its hook ends the process. */
    Event next() throws InterruptedException {
        return events.take();
    }

    /** Whether the node is on its way out. */
    boolean ending() {
        return stopping.get();
    }

    /** A step of the start failed, or the node was told to leave: what was started is stopped again. */
    boolean stop() {
        return stopOnce();
    }

    /** Told by an operator, through any member. */
    void leave() {
        LOG.info("told to leave the cluster");
        events.add(Event.TOLD_TO_LEAVE);
    }

    /** The actor system has ended; expected while stopping. */
    void membershipEnded() {
        if (!stopping.get()) {
            events.add(Event.MEMBERSHIP_ENDED);
        }
    }

    /** The actor system was to end and has not in time. */
    void membershipStuck(Duration within) {
        if (!stopping.get()) {
            LOG.error(
                    "the membership did not end within {}: this process ends with status 1, to be started again",
                    within);
            events.add(Event.MEMBERSHIP_STUCK);
        }
    }

    private void onSignal() {
        if (stopping.get()) {
            return;
        }
        LOG.info("told to stop");
        boolean clean = stopOnce();
        LOG.info("stopped");
        // Without this the JVM would end with the signal's number although everything was stopped in order.
        Runtime.getRuntime().halt(clean ? 0 : 1);
    }

    private boolean stopOnce() {
        return !stopping.compareAndSet(false, true) || stop.getAsBoolean();
    }
}
