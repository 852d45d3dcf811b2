package io.bulwark.node.backup;

import io.bulwark.persistence.archive.ArchiverStatus;
import io.bulwark.persistence.archive.Lsn;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Up to when everything that the server wrote is in the repository: the last moment at which the server's end, as the
 * archiver knew it, is not beyond what is archived by now. Any thread may use it.
 */
final class ArchivedUntil {
    /** At a look each second these are more than four minutes; of what is older the oldest is forgotten last. */
    private static final int MOMENTS_MAX = 256;

    private final Deque<Moment> ahead = new ArrayDeque<>();
    private Optional<Instant> complete = Optional.empty();

    private record Moment(Instant at, Lsn serverEnd) {}

    synchronized void seen(ArchiverStatus status, Instant now) {
        if (status.archived().isEmpty() || status.state() != ArchiverStatus.State.STREAMING) {
            return;
        }
        Lsn archived = status.archived().get();
        if (ahead.size() == MOMENTS_MAX) {
            ahead.removeLast();
        }
        ahead.addLast(new Moment(now, archived.plus(status.lagBytes())));
        while (!ahead.isEmpty() && !ahead.getFirst().serverEnd().isAfter(archived)) {
            complete = Optional.of(ahead.removeFirst().at());
        }
    }

    /** Empty before anything is known. */
    synchronized Optional<Instant> complete() {
        return complete;
    }
}
