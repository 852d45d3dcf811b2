package io.bulwark.persistence.ledger;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the lanes count together. */
final class Counters {
    final AtomicLong waitingBytes = new AtomicLong();
    final LongAdder commits = new LongAdder();
    final LongAdder commitNanos = new LongAdder();
    final LongAdder operations = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder outages = new LongAdder();
    final LongAdder swept = new LongAdder();
}
