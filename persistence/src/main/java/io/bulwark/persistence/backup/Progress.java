package io.bulwark.persistence.backup;

/** Told every few MiB how far a backup or a restore is, by the threads that do it, one at a time: it should return at once. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress SILENT = (done, total) -> {};

    /**
     * @param bytesDone never less than before
     * @param bytesTotal of a backup an estimate, which the server may exceed; of a restore exact
     */
    void moved(long bytesDone, long bytesTotal);
}
