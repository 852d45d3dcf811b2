package io.bulwark.persistence.archive;

import io.bulwark.persistence.archive.ArchiverEnd.Ending;
import io.bulwark.persistence.archive.ArchiverEnd.Reason;
import io.bulwark.persistence.archive.ArchiverSettings.OnGap;
import io.bulwark.persistence.archive.ArchiverStatus.Slot;
import io.bulwark.persistence.archive.ReplicationLink.Identity;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens on a new connection before the log is streamed: server and archive are held against each other. */
final class Preparation {
    private static final Logger log = LoggerFactory.getLogger(Preparation.class);
    /** The archiver holds one segment in memory. */
    static final int SEGMENT_BYTES_MAX = 64 << 20;

    private final ReplicationLink link;
    private final StoreHand store;
    private final Slots slots;
    private final KnownArchive known;
    private final OnGap onGap;

    Preparation(ReplicationLink link, StoreHand store, Slots slots, KnownArchive known, OnGap onGap) {
        this.link = link;
        this.store = store;
        this.slots = slots;
        this.known = known;
        this.onGap = onGap;
    }

    /** @param begun the segment to be received now */
    record Prepared(Identity identity, Timelines timelines, SegmentSize size, BegunSegment begun) {}

    Prepared prepare() throws SQLException, Ending, InterruptedException {
        Identity identity = link.identify();
        SegmentSize size = segmentSize();
        Holdings archive = archive(identity, size);
        Timelines timelines = timelines(identity.timeline());
        Slot slot = slot(archive, identity, timelines);
        var server = new StartPoint.Server(timelines, identity.flushed(), slot.restart());
        return switch (StartPoint.decide(archive, server, onGap)) {
            case StartPoint.Refused(Reason reason, String message) -> throw new Ending(reason, message);
            case StartPoint.Begin(WalSegment segment) ->
                new Prepared(identity, timelines, size, begun(segment, archive, identity));
        };
    }

    private SegmentSize segmentSize() throws SQLException, Ending {
        long bytes = link.segmentBytes();
        if (bytes > SEGMENT_BYTES_MAX) {
            throw new Ending(
                    Reason.UNSUPPORTED,
                    "The server's wal_segment_size is " + bytes + " bytes, and the archiver holds a segment in memory:"
                            + " expected at most " + SEGMENT_BYTES_MAX);
        }
        return new SegmentSize(Math.toIntExact(bytes));
    }

    private Holdings archive(Identity identity, SegmentSize size) throws Ending, InterruptedException {
        Holdings remembered = known.on(identity.timeline(), size);
        if (remembered != null) {
            return remembered;
        }
        List<String> names = store.untilDone(StoreHand.Heart.NONE, archive -> archive.names());
        Holdings listed = Holdings.of(names, size);
        Optional<WalSegment> last = listed.whole().stream().max(WalSegment::compareTo);
        if (last.isPresent()) {
            checkSystem(last.get().name(size), beginning(last.get().name(size)), identity, size);
        }
        known.listed(listed, identity.timeline());
        store.sweep(listed.leftovers());
        return listed;
    }

    private byte[] beginning(String name) throws Ending, InterruptedException {
        return store.untilDone(StoreHand.Heart.NONE, archive -> {
            try (InputStream content = archive.get(name).orElseGet(InputStream::nullInputStream)) {
                return content.readNBytes(WalHeader.BYTES);
            }
        });
    }

    private static void checkSystem(String name, byte[] beginning, Identity identity, SegmentSize size) throws Ending {
        Optional<WalHeader> header = WalHeader.read(beginning);
        if (header.isEmpty()) {
            throw new Ending(Reason.REPOSITORY_UNUSABLE, name + " in the archive does not begin as a WAL segment does");
        }
        String system = Long.toUnsignedString(header.get().system());
        if (!system.equals(identity.system())) {
            throw new Ending(
                    Reason.FOREIGN_SERVER,
                    "The archive is of the PostgreSQL cluster " + system + ", and this server is of "
                            + identity.system() + ": give it an archive of its own");
        }
        if (header.get().segmentBytes() != size.bytes()) {
            throw new Ending(
                    Reason.UNSUPPORTED,
                    "The archive has segments of " + header.get().segmentBytes() + " bytes, and the server of "
                            + size.bytes() + ": give it an archive of its own, and take a full backup");
        }
    }

    private Timelines timelines(int current) throws SQLException, Ending, InterruptedException {
        if (current == 1) {
            return Timelines.first();
        }
        String content = link.history(current);
        String name = Timelines.historyName(current);
        if (!known.hasHistory(name)) {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            store.untilDone(StoreHand.Heart.NONE, wal -> {
                wal.put(name, new ByteArrayInputStream(bytes));
                return name;
            });
            known.storedHistory(name);
            log.info("The archive has {} now", name);
        }
        return Timelines.parse(current, content);
    }

    private Slot slot(Holdings archive, Identity identity, Timelines timelines) throws SQLException, Ending {
        Slot slot = slots.ensure();
        if (!slot.lost()) {
            return slot;
        }
        OptionalLong next = StartPoint.next(archive, timelines);
        Lsn end = archive.size().start(next.orElse(0));
        if (onGap == OnGap.STOP && next.isPresent()) {
            throw new Ending(Reason.GAP, StartPoint.gap(end, identity.flushed()) + " (the slot's wal_status is lost)");
        }
        log.warn("The server has dropped the log that the slot stood for: the slot is made anew");
        slots.drop();
        return slots.ensure();
    }

    private BegunSegment begun(WalSegment segment, Holdings archive, Identity identity)
            throws Ending, InterruptedException {
        BegunSegment begun = known.begun(segment);
        if (begun == null) {
            begun = load(segment, archive, identity);
            known.begin(begun);
        }
        begun.again();
        return begun;
    }

    private BegunSegment load(WalSegment segment, Holdings archive, Identity identity)
            throws Ending, InterruptedException {
        String name = segment.name(archive.size());
        if (archive.piecesOf(segment).isEmpty()) {
            return BegunSegment.fresh(archive.size(), segment);
        }
        SegmentAssembly held = store.untilDone(StoreHand.Heart.NONE, wal -> SegmentAssembly.of(wal, name));
        if (held.bytes().length > 0) {
            checkSystem(name, held.bytes(), identity, archive.size());
        }
        return BegunSegment.held(archive.size(), segment, held.pieces(), held.bytes());
    }
}
