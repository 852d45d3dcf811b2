package io.bulwark.persistence.archive;

/**
 * Why an archiver has ended.
 *
 * @param message for people: what was wrong and what to do
 */
public record ArchiverEnd(Reason reason, String message) {
    /** What can be done about it. */
    public enum Reason {
        /** It was closed. */
        CLOSED,
        /** It no longer leads; another archiver may. */
        FENCED,
        /** The server no longer keeps what follows the archive's end: a full backup is needed. */
        GAP,
        /** The archive holds other bytes than the server for the same positions. */
        DIVERGED,
        /** The archive is of a later timeline than the server. */
        STALE_SERVER,
        /** The archive is of another PostgreSQL cluster. */
        FOREIGN_SERVER,
        /** The repository cannot be read or written with what the archiver was given. */
        REPOSITORY_UNUSABLE,
        /** The server cannot be archived as it is set. */
        UNSUPPORTED,
        /** A fault of the archiver itself. */
        FAULT
    }

    /** Ends the archiver's thread with a reason. */
    static final class Ending extends Exception {
        private final ArchiverEnd end;

        Ending(Reason reason, String message) {
            super(message);
            this.end = new ArchiverEnd(reason, message);
        }

        ArchiverEnd end() {
            return end;
        }
    }
}
