package io.bulwark.admission;

import io.bulwark.guard.Admission;
import java.time.Instant;

/** What came of asking for admission: an answer, or a place among those who wait. */
public sealed interface Admitting {
    /** The answer, to be given once the step's events are durable. */
    record Answered(Admission reply) implements Admitting {}

    /** The caller waits for a call in flight and is answered by a {@link Wake} with this number, at the latest then. */
    record Waiting(long waiter, Instant atLatest) implements Admitting {}
}
