package io.bulwark.persistence.backup;

import java.io.IOException;
import java.util.List;

/** Takes what the server sends of a base backup, in this order: begins, then archives and the manifest, then ends. */
interface ArchiveReceiver {
    /** The server has begun: from here on data comes. */
    void begins(String startLsn, int timeline, List<Tablespace> tablespaces) throws IOException;

    /** A tar archive begins, and what came before has ended. */
    void archive(String name) throws IOException;

    /** The manifest begins, and what came before has ended. */
    void manifest() throws IOException;

    /** More of what began last; the buffer is used again afterwards. */
    void data(byte[] buffer, int length) throws IOException;

    /** Everything was sent and the server has no complaint. */
    void ends(String endLsn) throws IOException;

    /**
     * A tablespace of the server.
     *
     * @param oid empty for the data directory itself
     * @param location a path on the server; empty for the data directory itself
     * @param estimatedBytes at least 0
     */
    record Tablespace(String oid, String location, long estimatedBytes) {
        /** The name of its archive; servers from 15 on say it themselves. */
        String archive() {
            return oid.isEmpty() ? "base.tar" : oid + ".tar";
        }
    }
}
