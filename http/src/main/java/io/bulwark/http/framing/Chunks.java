package io.bulwark.http.framing;

import java.nio.ByteBuffer;

/** Reads a chunked body with its trailer section (RFC 9112, 7.1). */
final class Chunks {
    private static final int EXTENSION_MAX = 256;
    /** 15 digits are far above any bound on bodies, and cannot overflow. */
    private static final int DIGITS_MAX = 15;

    private enum At {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER
    }

    private final Bounds bounds;
    private final Fields trailer;
    private At at = At.SIZE;
    private long left;
    private long total;
    private int inPart;
    private int trailerBytes;

    Chunks(Bounds bounds) {
        this.bounds = bounds;
        this.trailer = new Fields(bounds);
    }

    /** Begins anew. */
    void begin() {
        size();
        total = 0;
        trailerBytes = 0;
        trailer.begin(BodyRule.ofTrailer());
    }

    /** Reads on from the buffer's position; true when the body has ended, with the position behind it. */
    boolean read(ByteBuffer input) {
        while (input.hasRemaining()) {
            if (at == At.DATA) {
                skip(input);
            } else if (read(input.get() & 0xff)) {
                return true;
            }
        }
        return false;
    }

    private void skip(ByteBuffer input) {
        int step = (int) Math.min(left, input.remaining());
        input.position(input.position() + step);
        left -= step;
        if (left == 0) {
            at = At.DATA_CR;
        }
    }

    private boolean read(int octet) {
        switch (at) {
            case SIZE -> size(octet);
            case EXTENSION -> extension(octet);
            case SIZE_LF -> data(octet);
            case DATA_CR -> {
                expect(octet == Octets.CR, octet, "a line end after the chunk's bytes");
                at = At.DATA_LF;
            }
            case DATA_LF -> {
                Fields.expectLf(octet);
                size();
            }
            case TRAILER -> {
                return trailer(octet);
            }
            case DATA -> throw new IllegalStateException("The bytes of a chunk are skipped, not read");
        }
        return false;
    }

    private void size() {
        at = At.SIZE;
        left = 0;
        inPart = 0;
    }

    private void size(int octet) {
        int digit = Character.digit(octet, 16);
        if (digit >= 0) {
            expect(++inPart <= DIGITS_MAX, octet, "a chunk size of at most " + DIGITS_MAX + " digits");
            left = left * 16 + digit;
        } else if (octet == ';' && inPart > 0) {
            at = At.EXTENSION;
            inPart = 0;
        } else {
            expect(octet == Octets.CR && inPart > 0, octet, "a chunk size of hexadecimal digits, then a line end");
            at = At.SIZE_LF;
        }
    }

    private void extension(int octet) {
        if (octet == Octets.CR) {
            at = At.SIZE_LF;
        } else {
            boolean fine = Octets.isValue(octet) && ++inPart <= EXTENSION_MAX;
            expect(fine, octet, "a chunk extension of at most " + EXTENSION_MAX + " characters, then a line end");
        }
    }

    private void data(int octet) {
        Fields.expectLf(octet);
        total += left;
        if (total > bounds.bodyBytesMax()) {
            throw BodyRule.tooLarge(bounds.bodyBytesMax()).raise();
        }
        at = left == 0 ? At.TRAILER : At.DATA;
    }

    private boolean trailer(int octet) {
        if (++trailerBytes > bounds.headBytesMax()) {
            throw Fields.tooLarge("a trailer section of more than " + bounds.headBytesMax() + " bytes")
                    .raise();
        }
        return trailer.read(octet);
    }

    private static void expect(boolean fine, int octet, String expected) {
        if (!fine) {
            throw Refusal.malformed("The chunked body holds " + Octets.shown(octet) + ": expected " + expected + ".")
                    .raise();
        }
    }
}
