package io.bulwark.persistence.archive;

import java.nio.ByteBuffer;
import java.sql.SQLException;

/**
 * What a server sends while it streams its log: CopyData messages as described under "Streaming Replication Protocol" in
 * PostgreSQL's manual.
 */
sealed interface WalMessage {
    /** Up to where the server has flushed its log. */
    Lsn serverEnd();

    /** A part of the log. */
    record Data(Lsn start, Lsn serverEnd, ByteBuffer bytes) implements WalMessage {}

    /** @param replyWanted whether the server waits for an answer */
    record Alive(Lsn serverEnd, boolean replyWanted) implements WalMessage {}

    static WalMessage of(byte[] message) throws SQLException {
        ByteBuffer bytes = ByteBuffer.wrap(message);
        byte kind = bytes.get();
        if (kind == 'w' && bytes.remaining() >= 24) {
            Lsn start = new Lsn(bytes.getLong());
            Lsn end = new Lsn(bytes.getLong());
            bytes.getLong();
            return new Data(start, end, bytes);
        }
        if (kind == 'k' && bytes.remaining() >= 17) {
            Lsn end = new Lsn(bytes.getLong());
            bytes.getLong();
            return new Alive(end, bytes.get() != 0);
        }
        throw new SQLException("The server sent the replication message " + kind + " of " + message.length
                + " bytes: expected w (119) or k (107)");
    }
}
