package io.bulwark.idempotency;

import java.util.List;

/**
 * What the first execution answered, as it is replayed.
 *
 * @param status an HTTP status, 100 to 599
 * @param headers those that the recording rule keeps, in order
 * @param body the bytes as the service sent them; empty when not {@code kept}
 * @param kept false when the body was larger than the service's {@code maxRecordedBody}: the operation is known to
 *     have been executed, and its answer cannot be replayed
 */
public record Answer(int status, List<Header> headers, Body body, boolean kept) {
    public Answer {
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("The status is " + status + ": expected 100 to 599");
        }
        headers = List.copyOf(headers);
    }

    /** An answer that can be replayed whole. */
    public static Answer of(int status, List<Header> headers, Body body) {
        return new Answer(status, headers, body, true);
    }

    /** One header line of an answer. */
    public record Header(String name, String value) {}
}
