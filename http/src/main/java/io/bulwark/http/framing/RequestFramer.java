package io.bulwark.http.framing;

import java.nio.ByteBuffer;

/**
 * Follows the bytes of one connection from request to request, and refuses what two readers could read differently. It
 * looks at each byte of a head once, skips over bodies, copies nothing, and does not parse what framing does not rest
 * on.
 *
 * <pre>
 *   head --no body--> head
 *   head --Content-Length--> fixed body --> head
 *   head --Transfer-Encoding: chunked--> chunks, trailer section --> head
 *   any --refusal--> refused (for good)
 * </pre>
 *
 * <p>Not for several threads.
 */
public final class RequestFramer {
    private enum At {
        HEAD,
        FIXED,
        CHUNKED
    }

    private final Head head;
    private final Chunks chunks;
    private At at = At.HEAD;
    private long left;
    private long heads;

    /** A framer before the first byte of a connection. */
    public RequestFramer(Bounds bounds) {
        this.head = new Head(bounds);
        this.chunks = new Chunks(bounds);
    }

    /** Whether all requests that have begun have ended. */
    public boolean isBetweenRequests() {
        return at == At.HEAD && head.isUntouched();
    }

    /** Whether a head has been read whose body has not ended. */
    public boolean isInBody() {
        return at != At.HEAD;
    }

    /** How many heads have been read to their end. */
    public long heads() {
        return heads;
    }

    /** Reads the bytes from the buffer's position to its limit; they follow those of the call before. */
    public Verdict read(ByteBuffer input) {
        int first = input.position();
        int safe = first;
        try {
            while (input.hasRemaining()) {
                step(input);
                if (isInBody() || isBetweenRequests()) {
                    safe = input.position();
                }
            }
            return new Verdict.Passed(safe - first);
        } catch (Refusal.Raised raised) {
            int passed = isInBody() ? input.position() - 1 : safe;
            return new Verdict.Refused(Math.max(passed, safe) - first, raised.refusal(), isInBody());
        }
    }

    /** Reads on to the end of the part it is in, or of the input. */
    private void step(ByteBuffer input) {
        switch (at) {
            case HEAD -> head(input);
            case FIXED -> fixed(input);
            case CHUNKED -> {
                if (chunks.read(input)) {
                    next();
                }
            }
        }
    }

    private void head(ByteBuffer input) {
        while (input.hasRemaining()) {
            if (head.read(input.get() & 0xff)) {
                heads++;
                body(head.bodyLength());
                return;
            }
        }
    }

    private void body(long length) {
        if (length == BodyRule.CHUNKED) {
            chunks.begin();
            at = At.CHUNKED;
        } else if (length > 0) {
            left = length;
            at = At.FIXED;
        } else {
            next();
        }
    }

    private void fixed(ByteBuffer input) {
        int step = (int) Math.min(left, input.remaining());
        input.position(input.position() + step);
        left -= step;
        if (left == 0) {
            next();
        }
    }

    private void next() {
        head.begin();
        at = At.HEAD;
    }
}
