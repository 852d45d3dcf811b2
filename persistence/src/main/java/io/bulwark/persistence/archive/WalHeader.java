package io.bulwark.persistence.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The beginning of a segment's first page (PostgreSQL's XLogLongPageHeaderData): it tells of which system the segment is.
 *
 * @param address where the segment begins
 * @param system the cluster's system identifier, an unsigned number
 */
record WalHeader(Lsn address, long system, int segmentBytes) {
    /** How many bytes of a segment are needed to read it. */
    static final int BYTES = 40;

    private static final byte MAGIC_HIGH = (byte) 0xD1;
    private static final int INFO_AT = 2;
    private static final int LONG_HEADER = 2;
    private static final int ADDRESS_AT = 8;
    private static final int SYSTEM_AT = 24;
    private static final int SEGMENT_BYTES_AT = 32;

    /** Reads the header, in the byte order of the server that wrote it; empty when these bytes are none. */
    static Optional<WalHeader> read(byte[] segment) {
        if (segment.length < BYTES || (segment[0] != MAGIC_HIGH && segment[1] != MAGIC_HIGH)) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(segment)
                .order(segment[1] == MAGIC_HIGH ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long address = bytes.getLong(ADDRESS_AT);
        return (bytes.getShort(INFO_AT) & LONG_HEADER) == 0 || address < 0
                ? Optional.empty()
                : Optional.of(
                        new WalHeader(new Lsn(address), bytes.getLong(SYSTEM_AT), bytes.getInt(SEGMENT_BYTES_AT)));
    }
}
