package io.bulwark.load.result;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Results for tests: as a run yields them, with numbers from a fixed seed. */
final class Samples {
    static final Machine MACHINE =
            new Machine("Some Processor @ 2.50GHz", 2, 16L << 30, "Some Linux 7, Linux 6.1", "OpenJDK 25.0.3", 0.42);

    static final Result SCENARIO = scenario();
    static final Result COMPARISON = comparison();

    private Samples() {}

    /** The same scenario under another name. */
    static Result named(String name) {
        return new Result(
                name,
                SCENARIO.title(),
                SCENARIO.started(),
                SCENARIO.took(),
                SCENARIO.commit(),
                MACHINE,
                SCENARIO.configuration(),
                SCENARIO.figures(),
                SCENARIO.series(),
                SCENARIO.marks(),
                SCENARIO.assessments(),
                SCENARIO.notes());
    }

    private static Result scenario() {
        List<Figure> figures = List.of(
                Figure.once("guarded", "availability", "%", 99.981),
                Figure.once("guarded", "failover", "s", 5.25),
                Figure.once("guarded", "p50", "ms", 3.1),
                Figure.once("guarded", "p99", "ms", 48),
                Figure.once("guarded", "duplicates", "operations", 0),
                Figure.once("guarded", "rate", "calls/s", 298.4));
        return new Result(
                "uptime",
                "Guarded calls while nodes are killed, paused and cut off",
                Instant.parse("2026-03-04T05:06:07Z"),
                Duration.ofSeconds(90),
                "0123456789ab+",
                MACHINE,
                configuration(),
                figures,
                List.of(new Series("guarded", seconds())),
                List.of(new Mark(20, "kill node 2"), new Mark(24, "node 2 again"), new Mark(55, "pause node 1")),
                List.of(
                        Assertion.parse("availability >= 99.9%").assess(figures),
                        Assertion.parse("failover < 5s").assess(figures),
                        Assertion.parse("duplicates == 0").assess(figures)),
                List.of("A caller repeats nothing by itself: every call that did not end right counts."));
    }

    private static Map<String, String> configuration() {
        Map<String, String> configuration = new LinkedHashMap<>();
        configuration.put("nodes", "3");
        configuration.put("callsPerSecond", "300");
        configuration.put("faults", "kill, pause");
        return configuration;
    }

    private static List<Second> seconds() {
        SplittableRandom random = new SplittableRandom(7);
        List<Second> seconds = new ArrayList<>();
        for (int at = 0; at < 90; at++) {
            boolean down = (at >= 20 && at < 23) || (at >= 55 && at < 57);
            double p50 = 2.5 + random.nextDouble() * 1.5;
            seconds.add(new Second(
                    at,
                    295 + random.nextInt(10),
                    down ? 40 + random.nextInt(60) : 0,
                    p50,
                    down ? 2_400 : p50 * 6 + random.nextDouble() * 20,
                    down ? 4_900 : p50 * 20,
                    at % 5 == 0 ? Map.of("heapMegabytes", 90 + random.nextDouble() * 40) : Map.of()));
        }
        return seconds;
    }

    private static Result comparison() {
        List<Figure> figures = List.of(
                new Figure("bulwark", "rate", "decisions/s", List.of(23_750.0, 24_100.0, 22_900.0, 23_300.0, 24_000.0)),
                new Figure("akka", "rate", "decisions/s", List.of(27_100.0, 27_900.0, 26_800.0, 27_500.0, 27_300.0)),
                new Figure("nginx", "rate", "decisions/s", List.of(61_000.0, 64_000.0, 62_500.0, 58_000.0, 63_000.0)),
                new Figure("haproxy", "rate", "decisions/s", List.of(52_000.0, 55_000.0, 51_500.0, 53_000.0, 54_000.0)),
                new Figure("bulwark", "p99", "ms", List.of(5.1, 4.9, 6.2, 5.5, 5.0)),
                new Figure("akka", "p99", "ms", List.of(4.1, 4.0, 4.4, 4.2, 4.3)),
                new Figure("nginx", "p99", "ms", List.of(1.9, 1.8, 2.3, 2.0, 1.7)),
                new Figure("haproxy", "p99", "ms", List.of(2.2, 2.1, 2.6, 2.4, 2.0)),
                Figure.once("bulwark", "overAdmitted", "decisions", 0),
                Figure.once("nginx", "overAdmitted", "decisions", 0));
        return new Result(
                "limit",
                "A limit decision on one node",
                Instant.parse("2026-03-04T05:06:07Z"),
                Duration.ofMinutes(7),
                "0123456789ab",
                MACHINE,
                Map.of("rounds", "5"),
                figures,
                List.of(),
                List.of(),
                List.of(Assertion.parse("bulwark.rate >= 0.85 * akka.rate").assess(figures)),
                List.of("nginx ran with 2 workers, as many as the others have threads."));
    }
}
