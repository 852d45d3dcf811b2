package io.bulwark.node.start;

import io.bulwark.persistence.ledger.LedgerMetrics;
import io.bulwark.persistence.ledger.PostgresLedger;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** What the ledger counts, as meters. */
final class LedgerMeters {
    private LedgerMeters() {}

    static void register(PostgresLedger ledger, MeterRegistry meters) {
        gauge(ledger, meters, "bulwark.ledger.available", "1 while the database answers", m -> m.available() ? 1 : 0);
        gauge(
                ledger,
                meters,
                "bulwark.ledger.queue.depth",
                "Operations that wait for a commit",
                LedgerMetrics::queueDepth);
        counter(ledger, meters, "bulwark.ledger.commits", "Transactions committed", LedgerMetrics::commits);
        counter(
                ledger,
                meters,
                "bulwark.ledger.operations",
                "Operations answered by a commit",
                LedgerMetrics::operations);
        counter(ledger, meters, "bulwark.ledger.refused", "Operations refused as unavailable", LedgerMetrics::refused);
        counter(ledger, meters, "bulwark.ledger.outages", "Times the database was found away", LedgerMetrics::outages);
        counter(ledger, meters, "bulwark.ledger.swept", "Expired operations deleted", LedgerMetrics::swept);
    }

    private static void gauge(
            PostgresLedger ledger,
            MeterRegistry meters,
            String name,
            String what,
            ToDoubleFunction<LedgerMetrics> value) {
        Gauge.builder(name, ledger, source -> value.applyAsDouble(source.metrics()))
                .description(what)
                .register(meters);
    }

    private static void counter(
            PostgresLedger ledger,
            MeterRegistry meters,
            String name,
            String what,
            ToDoubleFunction<LedgerMetrics> value) {
        FunctionCounter.builder(name, ledger, source -> value.applyAsDouble(source.metrics()))
                .description(what)
                .register(meters);
    }
}
