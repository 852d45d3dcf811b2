package io.bulwark.persistence.archive;

/**
 * The server's {@code wal_segment_size}, by which the log is cut into files; they are numbered from 0 on.
 *
 * @param bytes a power of two, 1 MiB to 1 GiB
 */
public record SegmentSize(int bytes) {
    /** What servers have unless they were told otherwise. */
    public static final SegmentSize USUAL = new SegmentSize(16 << 20);

    private static final long PER_NAME_PART = 1L << 32;

    /** @throws IllegalArgumentException when it is not a power of two in the range */
    public SegmentSize {
        if (Integer.bitCount(bytes) != 1 || bytes < 1 << 20) {
            throw new IllegalArgumentException(
                    "wal_segment_size is " + bytes + ": expected a power of two, 1048576 to 1073741824");
        }
    }

    /** The number of the segment that holds the byte at this position. */
    public long numberOf(Lsn position) {
        return position.value() / bytes;
    }

    /** Where this segment begins. */
    public Lsn start(long number) {
        return new Lsn(number * bytes);
    }

    /** Where the segment begins that holds this position. */
    public Lsn floor(Lsn position) {
        return start(numberOf(position));
    }

    /** How many segments share the middle part of their names. */
    long perNamePart() {
        return PER_NAME_PART / bytes;
    }
}
