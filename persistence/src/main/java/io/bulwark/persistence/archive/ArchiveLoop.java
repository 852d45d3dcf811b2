package io.bulwark.persistence.archive;

import io.bulwark.persistence.archive.ArchiverEnd.Ending;
import io.bulwark.persistence.archive.ArchiverEnd.Reason;
import io.bulwark.persistence.archive.ArchiverSettings.OnGap;
import io.bulwark.persistence.database.Database;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects, receives, and connects again, until there is a reason to end. */
final class ArchiveLoop {
    private static final Logger log = LoggerFactory.getLogger(ArchiveLoop.class);
    private static final String SLOT_IN_USE = "55006";
    private static final String FILE_IS_GONE = "58P01";

    private final Database database;
    private final ArchiverSettings settings;
    private final ArchiveParts parts;
    private final KnownArchive known = new KnownArchive();
    private Pause pause = Pause.FIRST;
    /** Whether the server had been asked for its log when the connection failed. */
    private boolean asked;

    private long askedAt;

    ArchiveLoop(Database database, ArchiverSettings settings, ArchiveParts parts) {
        this.database = database;
        this.settings = settings;
        this.parts = parts;
    }

    ArchiverEnd run() {
        try {
            while (!parts.closing().isRequested()) {
                connectOnce();
            }
            return new ArchiverEnd(Reason.CLOSED, "The archiver was closed");
        } catch (Ending ending) {
            return ending.end();
        } catch (InterruptedException interrupted) {
            return new ArchiverEnd(Reason.CLOSED, "The archiver was interrupted");
        } catch (RuntimeException | Error fault) {
            log.error("The archiver has failed", fault);
            return new ArchiverEnd(Reason.FAULT, String.valueOf(fault));
        }
    }

    private void connectOnce() throws Ending, InterruptedException {
        asked = false;
        try {
            parts.fence().check();
            receive();
        } catch (SQLException failure) {
            if (!parts.closing().isRequested()) {
                parts.fence().check();
                judge(failure);
                parts.board().connecting(String.valueOf(failure.getMessage()));
                waitBeforeNext();
            }
        }
    }

    /** A connection that had lasted is made again soon. */
    private void waitBeforeNext() throws InterruptedException {
        boolean lasted = asked && System.nanoTime() - askedAt > Pause.LONGEST.toNanos();
        Pause now = lasted ? Pause.FIRST : pause;
        pause = now.next();
        parts.closing().await(now.length());
    }

    private void receive() throws SQLException, Ending, InterruptedException {
        try (ReplicationLink link = ReplicationLink.open(database, settings, parts.clock())) {
            var prepared = new Preparation(link, parts.store(), parts.slots(), known, settings.onGap()).prepare();
            BegunSegment begun = prepared.begun();
            asked = true;
            askedAt = System.nanoTime();
            link.begin(settings.slot(), begun.next(), begun.segment().timeline());
            log.info("Archiving the log from {} on, by the slot {}", begun.next(), settings.slot());
            new ArchiveSession(link, parts, known, settings.durability(), prepared).receive();
            log.info("The log goes on on another timeline");
        }
    }

    private void judge(SQLException failure) throws Ending {
        if (SLOT_IN_USE.equals(failure.getSQLState())) {
            log.info("The slot {} is in use: sending its user away", settings.slot());
            withSlots(parts.slots()::sendAway);
        } else if (asked && FILE_IS_GONE.equals(failure.getSQLState())) {
            if (settings.onGap() == OnGap.STOP) {
                throw new Ending(
                        Reason.GAP,
                        "The server no longer has the log that follows the archive's end, "
                                + parts.board()
                                        .status()
                                        .archived()
                                        .map(Lsn::toString)
                                        .orElse("the beginning") + ": "
                                + failure.getMessage()
                                + ". Take a full backup, and let the archiver begin anew (onGap ="
                                + " BEGIN_ANEW)");
            }
            withSlots(parts.slots()::drop);
        } else {
            log.warn("The server cannot be archived now, trying again: {}", failure.getMessage());
        }
    }

    private interface SlotWork {
        void run() throws SQLException;
    }

    /** What fails here is tried again with the next connection. */
    private static void withSlots(SlotWork work) {
        try {
            work.run();
        } catch (SQLException failure) {
            log.warn("The slot could not be worked on: {}", failure.getMessage());
        }
    }
}
