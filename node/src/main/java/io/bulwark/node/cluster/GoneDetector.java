package io.bulwark.node.cluster;

import akka.event.EventStream;
import akka.remote.PhiAccrualFailureDetector;
import com.typesafe.config.Config;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Akka's detector, which waits and grows more cautious the busier a machine is, and quicker where there is better
 * evidence than silence: a member whose heartbeat is late, and whose {@link Door} has been found shut {@value #REFUSALS}
 * times since, has no process any more. One that is paused still gets connections, and one that is cut off answers
 * nothing; for these the silence counts, as ever.
 *
 * <p>What follows from it is not decided here: the split brain resolver sees a member that is not reachable, and decides.
 */
public final class GoneDetector extends PhiAccrualFailureDetector {
    private static final int REFUSALS = 2;
    /** A heartbeat is late after so many intervals. */
    private static final double LATE = 1.8;

    private final Door door;
    private final Executor asks;
    private final long lateMillis;
    private final AtomicBoolean asking = new AtomicBoolean();
    private final AtomicReference<Silence> silence = new AtomicReference<>(new Silence(0, 0));

    /**
     * Since the last heartbeat that came in time.
     *
     * @param number of the silence, so that what was asked in an earlier one does not count
     * @param refusals in a row
     */
    private record Silence(long number, int refusals) {
        Silence found(long in, boolean shut) {
            return in == number ? new Silence(number, shut ? refusals + 1 : 0) : this;
        }

        Silence over() {
            return new Silence(number + 1, 0);
        }
    }

    /** As Akka makes it, one for each member that is watched, with the section {@code akka.cluster.failure-detector}. */
    public GoneDetector(Config config, EventStream events) {
        this(
                config,
                events,
                Door.tcp(),
                ask -> Thread.ofVirtual().name("bulwark-door").start(ask));
    }

    /** @param asks runs what may block for as long as a look at a door takes */
    GoneDetector(Config config, EventStream events, Door door, Executor asks) {
        super(config, events);
        Duration interval = config.getDuration("heartbeat-interval");
        this.door = door;
        this.asks = asks;
        this.lateMillis = (long) (interval.toMillis() * LATE);
    }

    /** Asked some times a second: how suspicious this much silence is. */
    @Override
    public double phi(long silentMillis, double mean, double deviation) {
        Silence now = silence.get();
        if (silentMillis < lateMillis) {
            silence.compareAndSet(now, now.over());
        } else if (now.refusals() >= REFUSALS) {
            return Double.POSITIVE_INFINITY;
        } else if (asking.compareAndSet(false, true)) {
            asks.execute(() -> ask(now.number()));
        }
        return super.phi(silentMillis, mean, deviation);
    }

    private void ask(long in) {
        try {
            URI member = URI.create(address());
            @Nullable String host = member.getHost();
            boolean shut = host != null && isShut(door.look(host, member.getPort()));
            silence.updateAndGet(now -> now.found(in, shut));
        } finally {
            asking.set(false);
        }
    }

    private static boolean isShut(Door.Found found) {
        return switch (found) {
            case REFUSED, CLOSED -> true;
            case OPEN, SILENT -> false;
        };
    }
}
