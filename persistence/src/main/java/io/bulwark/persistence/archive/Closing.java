package io.bulwark.persistence.archive;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells the archiver's threads that it is being closed, also the one that waits for the server. */
final class Closing {
    private final CountDownLatch requested = new CountDownLatch(1);
    private volatile @Nullable ReplicationLink waiting;

    void request() {
        requested.countDown();
        ReplicationLink link = waiting;
        if (link != null) {
            link.abort();
        }
    }

    /**
     * Ends the wait for a server that has been promoted since it was connected to. It has ended its stream then, but the
     * driver does not tell: it passes over the message, and hands on signs of life as before.
     */
    void leaveFormerTimeline(int serverTimeline) {
        ReplicationLink link = waiting;
        if (link != null && link.timeline() != serverTimeline) {
            link.abort();
        }
    }

    boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** Waits so long; returns true at once when this is being closed. */
    boolean await(Duration length) throws InterruptedException {
        return requested.await(length.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits for the next message; the wait ends with an exception when this is being closed. */
    WalMessage read(ReplicationLink link) throws SQLException {
        waiting = link;
        try {
            if (isRequested()) {
                throw new SQLException("The archiver is being closed");
            }
            return link.read();
        } finally {
            waiting = null;
        }
    }
}
