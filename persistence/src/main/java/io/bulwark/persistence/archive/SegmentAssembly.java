package io.bulwark.persistence.archive;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.WalStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The beginning of a segment, read from its pieces. */
final class SegmentAssembly {
    /** Another archiver may replace pieces by a longer one, or the segment become whole, between two looks. */
    private static final int LOOKS = 5;

    private final List<WalPiece> pieces;
    private final byte[] bytes;

    private SegmentAssembly(List<WalPiece> pieces, byte[] bytes) {
        this.pieces = pieces;
        this.bytes = bytes;
    }

    /** All that the archive holds of the segment. */
    List<WalPiece> pieces() {
        return pieces;
    }

    /** As much as the pieces hold without a hole. */
    byte[] bytes() {
        return bytes;
    }

    /** Reads the pieces that are there; none when there are none. */
    static SegmentAssembly of(WalStore archive, String segment) throws IOException {
        for (int look = 1; ; look++) {
            List<WalPiece> pieces = archive.names(WalPiece.prefix(segment)).stream()
                    .flatMap(name -> WalPiece.parse(name).stream())
                    .toList();
            try {
                return new SegmentAssembly(pieces, read(archive, pieces));
            } catch (StoreTrouble trouble) {
                if (trouble.kind() != StoreTrouble.Kind.MISSING || look == LOOKS) {
                    throw trouble;
                }
            }
        }
    }

    private static byte[] read(WalStore archive, List<WalPiece> pieces) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (WalPiece piece : WalPiece.chain(pieces)) {
            byte[] content = read(archive, piece);
            int known = bytes.size() - piece.from();
            bytes.write(content, known, content.length - known);
        }
        return bytes.toByteArray();
    }

    private static byte[] read(WalStore archive, WalPiece piece) throws IOException {
        try (InputStream content = archive.get(piece.name()).orElseThrow(() -> missing(piece))) {
            byte[] bytes = content.readAllBytes();
            if (bytes.length != piece.to() - piece.from()) {
                throw new StoreTrouble(
                        StoreTrouble.Kind.DAMAGED,
                        piece.name() + " holds " + bytes.length + " bytes: expected as many as its name says");
            }
            return bytes;
        }
    }

    private static StoreTrouble missing(WalPiece piece) {
        return new StoreTrouble(StoreTrouble.Kind.MISSING, "There is no " + piece.name() + " in the archive");
    }
}
