package io.bulwark.persistence.archive;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.WalStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** How far an archive reaches in time. */
public final class ArchiveTimes {
    /** A server that only ends its segments, and does nothing else, fills this many in hours at the least. */
    private static final int SEGMENTS_READ_MAX = 32;

    private static final int NAME_CHARS = 24;

    private final WalStore archive;

    public ArchiveTimes(WalStore archive) {
        this.archive = archive;
    }

    /**
     * When the last transaction ended that the archive holds, on its newest timeline, by the server's clock to the
     * microsecond: a restore can lead to any earlier instant, and to this one by restoring to the end. A transaction whose
     * record lies across the border of two segments is passed over.
     *
     * @return empty when the last 32 segments hold none
     * @throws StoreTrouble when the archive cannot be read
     */
    public Optional<Instant> last() throws IOException {
        TreeSet<String> segments = new TreeSet<>();
        for (String name : archive.names()) {
            if (name.length() >= NAME_CHARS && WalSegment.isName(name.substring(0, NAME_CHARS))) {
                segments.add(name.substring(0, NAME_CHARS));
            }
        }
        List<String> newestFirst =
                segments.descendingSet().stream().limit(SEGMENTS_READ_MAX).toList();
        for (String segment : newestFirst) {
            Optional<Instant> last = TransactionEnds.last(bytes(segment));
            if (last.isPresent()) {
                return last;
            }
        }
        return Optional.empty();
    }

    private byte[] bytes(String segment) throws IOException {
        Optional<InputStream> whole = archive.get(segment);
        if (whole.isEmpty()) {
            return SegmentAssembly.of(archive, segment).bytes();
        }
        try (InputStream content = whole.get()) {
            return content.readAllBytes();
        }
    }
}
