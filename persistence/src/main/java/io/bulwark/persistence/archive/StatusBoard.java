package io.bulwark.persistence.archive;

import io.bulwark.persistence.archive.ArchiverStatus.Slot;
import io.bulwark.persistence.archive.ArchiverStatus.State;
import java.time.Instant;
import java.util.Optional;

/** The archiver's status, written by its threads and read by anyone. */
final class StatusBoard {
    private final long retainedBytesMax;
    private State state = State.CONNECTING;
    private int timeline;
    private Optional<Lsn> archived = Optional.empty();
    private Optional<Lsn> serverEnd = Optional.empty();
    private Optional<String> lastSegment = Optional.empty();
    private Optional<Instant> lastSegmentAt = Optional.empty();
    private long segments;
    private long pieces;
    private Optional<Slot> slot = Optional.empty();
    private Optional<String> trouble = Optional.empty();
    private Optional<ArchiverEnd> end = Optional.empty();

    StatusBoard(long retainedBytesMax) {
        this.retainedBytesMax = retainedBytesMax;
    }

    synchronized ArchiverStatus status() {
        long lag = serverEnd.flatMap(server -> archived.map(server::minus)).orElse(0L);
        return new ArchiverStatus(
                state,
                timeline,
                archived,
                Math.max(0, lag),
                lastSegment,
                lastSegmentAt,
                segments,
                pieces,
                slot,
                slot.flatMap(shown -> shown.alarm(retainedBytesMax)),
                trouble,
                end);
    }

    synchronized void streaming(int streamedTimeline) {
        state = State.STREAMING;
        timeline = streamedTimeline;
        trouble = Optional.empty();
    }

    synchronized void connecting(String why) {
        state = State.CONNECTING;
        trouble = Optional.of(why);
    }

    synchronized void waitingForStore(String why) {
        state = State.WAITING_FOR_STORE;
        trouble = Optional.of(why);
    }

    /** The store works again. */
    synchronized void storeIsBack(State before) {
        if (state == State.WAITING_FOR_STORE) {
            state = before;
            trouble = Optional.empty();
        }
    }

    synchronized State state() {
        return state;
    }

    synchronized void heard(Lsn flushedByServer) {
        serverEnd = Optional.of(flushedByServer);
    }

    synchronized void acknowledged(Lsn position) {
        archived = Optional.of(position);
    }

    synchronized void storedSegment(String name, Instant at) {
        lastSegment = Optional.of(name);
        lastSegmentAt = Optional.of(at);
        segments++;
    }

    synchronized void storedPiece() {
        pieces++;
    }

    synchronized void slot(Optional<Slot> seen) {
        slot = seen;
    }

    synchronized void ended(ArchiverEnd with) {
        state = State.ENDED;
        end = Optional.of(with);
    }
}
