package io.bulwark.persistence.archive;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the archiver knows of its archive, kept while connections come and go, so that the archive is listed once for each
 * timeline of the server. For one thread.
 */
final class KnownArchive {
    private @Nullable Holdings holdings;
    private @Nullable BegunSegment begun;
    private int timeline;

    /** What is known; null when the archive must be listed, because it never was or the server has another timeline. */
    @Nullable
    Holdings on(int serverTimeline, SegmentSize size) {
        return holdings != null && timeline == serverTimeline && holdings.size().equals(size) ? holdings : null;
    }

    void listed(Holdings found, int serverTimeline) {
        holdings = found;
        timeline = serverTimeline;
        begun = null;
    }

    boolean hasHistory(String name) {
        return holdings != null && holdings.histories().contains(name);
    }

    void storedHistory(String name) {
        if (holdings != null) {
            Set<String> histories = new HashSet<>(holdings.histories());
            histories.add(name);
            holdings = new Holdings(holdings.size(), holdings.whole(), holdings.pieces(), histories);
        }
    }

    /** The segment, if it is the one that was being received. */
    @Nullable
    BegunSegment begun(WalSegment segment) {
        return begun != null && begun.segment().equals(segment) ? begun : null;
    }

    void begin(BegunSegment segment) {
        begun = segment;
    }

    /** From here on the last whole segment is all that needs to be remembered. */
    void stored(WalSegment segment, SegmentSize size, BegunSegment next) {
        holdings = new Holdings(size, Set.of(segment), Map.of(), holdings == null ? Set.of() : holdings.histories());
        begun = next;
    }
}
