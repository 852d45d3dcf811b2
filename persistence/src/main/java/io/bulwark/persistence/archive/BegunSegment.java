package io.bulwark.persistence.archive;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The segment that is being received: what of it has arrived, and what of it the repository holds. It is kept whole in
 * memory, which is the bound of what the archiver holds. For one thread at a time.
 */
final class BegunSegment {
    /** So many pieces, and the next one is written anew from the first of them on, so that there are never many. */
    static final int RUN = 256;

    private final SegmentSize size;
    private final WalSegment segment;
    private final byte[] bytes;
    private final List<WalPiece> longPieces = new ArrayList<>();
    private final List<WalPiece> run = new ArrayList<>();
    private int runStart;
    private int stored;
    private int arrived;

    private BegunSegment(SegmentSize size, WalSegment segment, byte[] bytes) {
        this.size = size;
        this.segment = segment;
        this.bytes = bytes;
    }

    static BegunSegment fresh(SegmentSize size, WalSegment segment) {
        return new BegunSegment(size, segment, new byte[size.bytes()]);
    }

    /** One of which the repository holds pieces, with what the pieces hold from its beginning on. */
    static BegunSegment held(SegmentSize size, WalSegment segment, List<WalPiece> pieces, byte[] beginning) {
        BegunSegment begun = fresh(size, segment);
        System.arraycopy(beginning, 0, begun.bytes, 0, beginning.length);
        begun.longPieces.addAll(pieces);
        begun.stored = beginning.length;
        begun.runStart = beginning.length;
        return begun;
    }

    /** Takes over the memory of this one, which must not be used any more. */
    BegunSegment followedBy(WalSegment next) {
        return new BegunSegment(size, next, bytes);
    }

    /** It is received from its beginning again, over another connection. */
    void again() {
        arrived = 0;
    }

    WalSegment segment() {
        return segment;
    }

    String name() {
        return segment.name(size);
    }

    /** The position that is expected next. */
    Lsn next() {
        return size.start(segment.number()).plus(arrived);
    }

    /** Where the segment after this one begins. */
    Lsn end() {
        return size.start(segment.number() + 1);
    }

    /** Up to where the repository holds it. */
    Lsn storedTo() {
        return size.start(segment.number()).plus(stored);
    }

    int unstored() {
        return Math.max(0, arrived - stored);
    }

    boolean whole() {
        return arrived == size.bytes();
    }

    /**
     * Takes as much of the buffer as belongs to this segment.
     *
     * @return false when it is not what the repository holds already
     */
    boolean take(ByteBuffer data) {
        int length = Math.min(data.remaining(), size.bytes() - arrived);
        int known = Math.clamp((long) stored - arrived, 0, length);
        if (known > 0 && data.slice(data.position(), known).mismatch(ByteBuffer.wrap(bytes, arrived, known)) >= 0) {
            return false;
        }
        data.position(data.position() + known);
        data.get(bytes, arrived + known, length - known);
        arrived += length;
        return true;
    }

    /** What is to be stored next when the segment is not whole. */
    WalPiece piece() {
        return new WalPiece(name(), run.size() < RUN - 1 ? stored : runStart, arrived);
    }

    InputStream content(WalPiece piece) {
        return new ByteArrayInputStream(bytes, piece.from(), piece.to() - piece.from());
    }

    InputStream content() {
        return new ByteArrayInputStream(bytes);
    }

    WalHeader header() {
        return WalHeader.read(bytes).orElseThrow(() -> new IllegalStateException(name() + " has no page header"));
    }

    /**
     * The repository holds this piece.
     *
     * @return the pieces that it makes superfluous
     */
    List<WalPiece> stored(WalPiece piece) {
        List<WalPiece> superseded = List.of();
        if (piece.from() < stored) {
            superseded = List.copyOf(run);
            run.clear();
            longPieces.add(piece);
            runStart = piece.to();
        } else {
            run.add(piece);
        }
        stored = piece.to();
        return superseded;
    }

    /** All that the repository may hold of it while it is not whole. */
    List<WalPiece> pieces() {
        List<WalPiece> all = new ArrayList<>(longPieces);
        all.addAll(run);
        return all;
    }
}
