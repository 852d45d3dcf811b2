package io.bulwark.persistence.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Optional;

/**
 * When transactions ended, out of the bytes of a segment of the log: commits and aborts carry the server's time, and it is by
 * them that a server finds the instant at which a replay is to end (PostgreSQL 14 to 18, {@code xlogrecord.h},
 * {@code xact.h}).
 *
 * <p>A record of which a part lies in another segment is passed over. What is no log ends the reading, as it ends a replay.
 */
final class TransactionEnds {
    private static final long MICROS_OF_2000 =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond() * 1_000_000;
    private static final int MICROS = 1_000_000;

    private static final int PAGE_INFO_AT = 2;
    private static final int PAGE_ADDRESS_AT = 8;
    private static final int PAGE_REST_AT = 16;
    private static final int PAGE_HEADER = 24;
    private static final int LONG_PAGE_HEADER = 40;
    private static final int PAGE_BYTES_AT = 36;
    private static final int CONTINUES = 1;
    private static final int LONG = 2;

    private static final int RECORD_INFO_AT = 16;
    private static final int RECORD_KIND_AT = 17;
    private static final int RECORD_HEADER = 24;
    private static final int KIND_TRANSACTION = 1;
    private static final int OPERATION_MASK = 0x70;
    private static final int COMMIT = 0x00;
    private static final int ABORT = 0x20;
    private static final int COMMIT_PREPARED = 0x30;
    private static final int ABORT_PREPARED = 0x40;

    private static final int TOP_LEVEL = 252;
    private static final int ORIGIN = 253;
    private static final int DATA_LONG = 254;
    private static final int DATA_SHORT = 255;

    private TransactionEnds() {}

    /** The time of the last one; empty when there is none, or these bytes are no segment's beginning. */
    static Optional<Instant> last(byte[] segment) {
        Optional<WalHeader> header = WalHeader.read(segment);
        if (header.isEmpty()) {
            return Optional.empty();
        }
        boolean little = (segment[1] & 0xFF) == 0xD1;
        ByteBuffer log = withoutPageHeaders(
                ByteBuffer.wrap(segment).order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN));
        Optional<Instant> last = Optional.empty();
        int at = log.position();
        while (at + RECORD_HEADER <= log.limit()) {
            int length = log.getInt(at);
            if (length < RECORD_HEADER || length > log.limit() - at) {
                break;
            }
            Optional<Instant> found = time(log, at, at + length);
            last = found.isPresent() ? found : last;
            at = aligned(at + length);
        }
        return last;
    }

    /** One after the other as records go on over pages; its position is where the first whole record begins. */
    private static ByteBuffer withoutPageHeaders(ByteBuffer segment) {
        int pageBytes = segment.getInt(PAGE_BYTES_AT);
        ByteBuffer log = ByteBuffer.allocate(segment.limit()).order(segment.order());
        if (pageBytes < LONG_PAGE_HEADER) {
            return log.flip();
        }
        long address = segment.getLong(PAGE_ADDRESS_AT);
        for (int page = 0; page + PAGE_HEADER <= segment.limit(); page += pageBytes) {
            if (segment.getLong(page + PAGE_ADDRESS_AT) != address + page) {
                break;
            }
            int from = page + ((segment.getShort(page + PAGE_INFO_AT) & LONG) == 0 ? PAGE_HEADER : LONG_PAGE_HEADER);
            int to = Math.min(page + pageBytes, segment.limit());
            if (from < to) {
                log.put(segment.slice(from, to - from));
            }
        }
        log.flip();
        boolean continues = (segment.getShort(PAGE_INFO_AT) & CONTINUES) != 0;
        int rest = continues ? Math.max(0, segment.getInt(PAGE_REST_AT)) : 0;
        return log.position(Math.min(log.limit(), aligned(Math.min(rest, log.limit()))));
    }

    private static int aligned(int offset) {
        return (offset + 7) & ~7;
    }

    private static Optional<Instant> time(ByteBuffer log, int from, int to) {
        boolean end = log.get(from + RECORD_KIND_AT) == KIND_TRANSACTION
                && switch (log.get(from + RECORD_INFO_AT) & OPERATION_MASK) {
                    case COMMIT, ABORT, COMMIT_PREPARED, ABORT_PREPARED -> true;
                    default -> false;
                };
        int data = end ? data(log, from + RECORD_HEADER, to) : to;
        if (data + Long.BYTES > to) {
            return Optional.empty();
        }
        long micros = log.getLong(data) + MICROS_OF_2000;
        return Optional.of(
                Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000L));
    }

    /** Where the record's own data begins, which for these starts with the time; the end when it is not found. */
    private static int data(ByteBuffer log, int from, int to) {
        int at = from;
        while (at < to) {
            int part = log.get(at) & 0xFF;
            switch (part) {
                case DATA_SHORT -> {
                    return at + 2;
                }
                case DATA_LONG -> {
                    return at + 5;
                }
                case ORIGIN -> at += 3;
                case TOP_LEVEL -> at += 5;
                default -> {
                    return to;
                }
            }
        }
        return to;
    }
}
