package io.bulwark.persistence.repository;

import java.io.OutputStream;

/** A backup while it is written; for one thread. */
public interface BackupWriter extends AutoCloseable {
    /**
     * Begins a part; the stream's {@code close()} ends it and makes it durable. One part at a time. A part whose stream
     * failed is discarded when it is closed, and the backup can no longer be completed.
     *
     * @param name such as {@code base.tar}, {@code 16384.tar} (a tablespace), {@code backup_manifest}; one part of an
     *     object key
     * @throws IllegalStateException while another part is open, or after the end of this backup
     * @throws IllegalArgumentException when the name is not allowed or was used in this backup
     */
    OutputStream part(String name) throws StoreTrouble;

    /**
     * Writes the index as the last object: from then on the backup exists.
     *
     * @throws IllegalStateException while a part is open, after one failed, or after the end of this backup
     * @throws StoreTrouble MISSING when the parent was deleted in the meantime
     */
    Backup complete(BackupEnd end) throws StoreTrouble;

    /**
     * Without {@link #complete}: removes what was written, as far as the store lets it; what is left is not listed and
     * goes with {@link Repository#sweep}. After it: nothing.
     */
    @Override
    void close();
}
