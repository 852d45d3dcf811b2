package io.bulwark.persistence.archive;

import io.bulwark.persistence.archive.ArchiverEnd.Ending;
import io.bulwark.persistence.archive.ArchiverEnd.Reason;
import io.bulwark.persistence.archive.ArchiverSettings.Durability;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/**
 * The log as it comes over one connection: each part goes into the begun segment, and what {@link Turn} says follows. What
 * comes while something is stored waits in the connection, and is then stored together.
 */
final class ArchiveSession {
    private final ReplicationLink link;
    private final StoreHand store;
    private final Fence fence;
    private final StatusBoard board;
    private final Closing closing;
    private final KnownArchive known;
    private final Durability durability;
    private final InstantSource clock;
    private final Preparation.Prepared server;
    private BegunSegment begun;
    private Lsn serverEnd;
    private boolean echoAwaited;

    ArchiveSession(
            ReplicationLink link,
            ArchiveParts parts,
            KnownArchive known,
            Durability durability,
            Preparation.Prepared server) {
        this.link = link;
        this.store = parts.store();
        this.fence = parts.fence();
        this.board = parts.board();
        this.closing = parts.closing();
        this.clock = parts.clock();
        this.known = known;
        this.durability = durability;
        this.server = server;
        this.begun = server.begun();
        this.serverEnd = server.identity().flushed();
    }

    /** Receives until the log goes on on another timeline. */
    void receive() throws SQLException, Ending, InterruptedException {
        int timeline = begun.segment().timeline();
        acknowledge(durability == Durability.SYNCHRONOUS);
        board.streaming(timeline);
        while (begun.segment().timeline() == timeline) {
            WalMessage message = closing.read(link);
            serverEnd = message.serverEnd();
            board.heard(serverEnd);
            switch (message) {
                case WalMessage.Alive(Lsn _, boolean replyWanted) -> {
                    echoAwaited = false;
                    act(replyWanted);
                }
                case WalMessage.Data data -> take(data, timeline);
            }
        }
    }

    private void take(WalMessage.Data data, int timeline) throws SQLException, Ending, InterruptedException {
        if (!data.start().equals(begun.next())) {
            throw new SQLException(
                    "The server sent its log from " + data.start() + " on: expected it from " + begun.next() + " on");
        }
        do {
            if (!begun.take(data.bytes())) {
                throw diverged();
            }
            act(false);
        } while (data.bytes().hasRemaining() && begun.segment().timeline() == timeline);
    }

    private Ending diverged() {
        return new Ending(
                Reason.DIVERGED,
                "The server sends other bytes of " + begun.name() + " than those that the archive holds up to "
                        + begun.storedTo() + ": it was put back to an earlier state without a new timeline. Give it an"
                        + " archive of its own, and take a full backup");
    }

    private void act(boolean asked) throws SQLException, Ending, InterruptedException {
        boolean restIsReady = serverEnd.compareTo(begun.end()) >= 0;
        var now = new Turn.Moment(begun.unstored(), begun.whole(), restIsReady, echoAwaited, asked);
        switch (Turn.next(durability, now)) {
            case READ_ON -> {}
            case ANSWER -> acknowledge(false);
            case STORE_PIECE -> storePiece();
            case STORE_SEGMENT -> storeSegment();
        }
    }

    private void storePiece() throws SQLException, Ending, InterruptedException {
        BegunSegment current = begun;
        WalPiece piece = current.piece();
        store.untilDone(this::beat, archive -> {
            archive.put(piece.name(), current.content(piece));
            return piece;
        });
        List<WalPiece> superseded = current.stored(piece);
        board.storedPiece();
        acknowledge(durability == Durability.SYNCHRONOUS);
        store.sweep(superseded);
    }

    private void storeSegment() throws SQLException, Ending, InterruptedException {
        BegunSegment current = begun;
        String name = current.name();
        checkHeader(current);
        store.untilDone(this::beat, archive -> {
            archive.put(name, current.content());
            return name;
        });
        board.storedSegment(name, clock.instant());
        WalSegment next = server.timelines().segment(current.segment().number() + 1, server.size());
        begun = current.followedBy(next);
        known.stored(current.segment(), server.size(), begun);
        store.sweep(current.pieces());
        acknowledge(durability == Durability.SYNCHRONOUS);
    }

    private void checkHeader(BegunSegment segment) throws Ending {
        WalHeader header = segment.header();
        Lsn start = server.size().start(segment.segment().number());
        if (!header.address().equals(start)
                || !Long.toUnsignedString(header.system())
                        .equals(server.identity().system())) {
            throw new Ending(
                    Reason.FAULT,
                    segment.name() + " as received begins with " + header + ": expected the address " + start
                            + " and the system " + server.identity().system());
        }
    }

    private void acknowledge(boolean echo) throws SQLException, Ending {
        fence.check();
        link.answer(begun.storedTo(), echo);
        echoAwaited |= echo;
        board.acknowledged(begun.storedTo());
    }

    /** Says again what was said before. */
    private void beat() throws SQLException {
        if (fence.open()) {
            link.answer(begun.storedTo(), false);
        }
    }
}
