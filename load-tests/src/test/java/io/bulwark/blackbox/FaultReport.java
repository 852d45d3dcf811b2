package io.bulwark.blackbox;

import io.bulwark.load.fault.Fault;
import io.bulwark.load.fault.FaultPlan;
import io.bulwark.load.history.Availability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The runs with faults by chance, as a table in Markdown: {@code load-tests/target/fault-runs.md}, one line for each
 * fault with the seed that repeats its run ({@code -Dbulwark.seed}). It grows until the next {@code mvn clean}.
 */
final class FaultReport {
    private static final Path FILE = Path.of("target/fault-runs.md");
    private static final String HEAD = """
            # Runs with faults by chance

            Repeat one with `-Dbulwark.seed=<seed>`. Times are from the beginning of the fault, in milliseconds.

            | seed | promises | fault | calls | failed | longest gap of a tenant | every tenant answered | guarded again | whole |
            |---|---|---|---|---|---|---|---|---|
            """;

    private FaultReport() {}

    /** Adds what came of a plan. */
    static void write(FaultPlan plan, Trial trial) {
        String verdict =
                trial.violations().isEmpty() ? "kept" : trial.violations().size() + " broken";
        List<Availability> seen = trial.availability();
        List<String> lines = IntStream.range(0, seen.size())
                .mapToObj(i -> line(plan.seed(), verdict, plan.faults().get(i), seen.get(i)))
                .toList();
        try {
            if (!Files.exists(FILE)) {
                Files.writeString(FILE, HEAD);
            }
            Files.write(FILE, lines, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("The report " + FILE + " could not be written", e);
        }
    }

    private static String line(long seed, String verdict, Fault fault, Availability seen) {
        return "| " + seed + " | " + verdict + " | " + fault + " | " + seen.calls() + " | " + seen.failures() + " | "
                + millis(seen.longestGap()) + " | " + millis(seen.firstCorrect()) + " | " + millis(seen.guardedAgain())
                + " | " + millis(seen.whole()) + " |";
    }

    private static long millis(Duration time) {
        return time.toMillis();
    }
}
