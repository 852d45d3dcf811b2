package io.bulwark.node.start;

import io.bulwark.persistence.journal.JournalSweeper;
import io.bulwark.persistence.journal.Swept;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** What the sweeper of the journal counts, as meters. */
final class JournalMeters {
    private JournalMeters() {}

    static void register(JournalSweeper sweeper, MeterRegistry meters) {
        counter(sweeper, meters, "events", Swept::events);
        counter(sweeper, meters, "snapshots", Swept::snapshots);
    }

    private static void counter(
            JournalSweeper sweeper, MeterRegistry meters, String rows, ToDoubleFunction<Swept> value) {
        FunctionCounter.builder("bulwark.journal.swept", sweeper, source -> value.applyAsDouble(source.swept()))
                .description("Rows of the journal deleted that no recovery reads any more")
                .tag("rows", rows)
                .register(meters);
    }
}
