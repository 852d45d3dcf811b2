package io.bulwark.persistence.archive;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.WalStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Which files of an archive a restore may still need. */
public final class WalNeeded {
    private static final int SEGMENT_NAME_CHARS = 24;
    private static final int HEADER_BYTES = 64;

    private WalNeeded() {}

    /**
     * The names of segments, and of pieces of them, that end before a position on its timeline or on an earlier one, the
     * oldest first. Histories are always needed: they are small, and without them no later timeline can be followed.
     *
     * @param timeline of the position
     * @param from where the first replay begins that is to be possible
     */
    public static List<String> needless(WalStore archive, int timeline, Lsn from) throws StoreTrouble {
        List<String> names = archive.names();
        Optional<String> any = names.stream().filter(WalSegment::isName).findFirst();
        if (any.isEmpty()) {
            return List.of();
        }
        SegmentSize size = size(archive, any.get());
        long first = size.numberOf(from);
        return names.stream()
                .filter(name -> name.length() >= SEGMENT_NAME_CHARS)
                .filter(name -> WalSegment.parse(name.substring(0, SEGMENT_NAME_CHARS), size)
                        .filter(segment -> segment.timeline() <= timeline && segment.number() < first)
                        .isPresent())
                .toList();
    }

    /** By the header of a segment; the usual size when it tells none. */
    static SegmentSize size(WalStore archive, String segment) throws StoreTrouble {
        Optional<InputStream> found = archive.get(segment);
        if (found.isEmpty()) {
            return SegmentSize.USUAL;
        }
        try (InputStream content = found.get()) {
            return WalHeader.read(content.readNBytes(HEADER_BYTES))
                    .map(header -> new SegmentSize(header.segmentBytes()))
                    .orElse(SegmentSize.USUAL);
        } catch (StoreTrouble trouble) {
            throw trouble;
        } catch (IOException e) {
            throw new StoreTrouble(StoreTrouble.Kind.FAILED, "The segment " + segment + " cannot be read", e);
        }
    }
}
