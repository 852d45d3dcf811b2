package io.bulwark.load.comparison;

import io.bulwark.load.history.History;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Wait;
import io.bulwark.load.result.Result;
import io.bulwark.load.rival.Fronts;
import io.bulwark.load.rival.Peer;
import io.bulwark.load.rival.Thresholds;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** A service dies and comes back, under four processes that call it: what do they waste, and when do they return? */
record CircuitComparison(InstantSource clock, Consumer<String> progress) implements Comparison {
    private static final int CALLERS = 4;
    private static final int CALLS_PER_SECOND = 10;
    /** Answers that all callers have had together when the service dies: those of four seconds. */
    private static final int WELL = 4 * CALLERS * CALLS_PER_SECOND;

    private static final Duration WELL_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(30);
    /** Beyond what the first opening takes, so that circuits have probed before the service is back. */
    private static final Duration DEAD = Duration.ofSeconds(7);

    private static final Behaviour GOOD = new Behaviour.Answer(200);
    private static final Behaviour BAD = new Behaviour.Answer(500);

    @Override
    public String name() {
        return "circuit";
    }

    @Override
    public String title() {
        return "Calls wasted on a dead service, by " + CALLERS + " processes";
    }

    @Override
    public Result run(Setting setting) {
        setting.enter();
        Findings findings = Findings.of(this, setting, clock);
        AtomicReference<Behaviour> behaviour = new AtomicReference<>(GOOD);
        try (Cast cast = new Cast()) {
            ExecutionCountingService service = cast.keep(
                    ExecutionCountingService.start((request, key, earlier) -> behaviour.get(), new History()));
            Bulwarks bulwark = cast.keep(Bulwarks.of(BulwarkNode.start("comparison-circuit/bulwark")));
            bulwark.put("services/payments", "{\"targets\":[\"" + service.address() + "\"]}");
            SequencedMap<String, Peer> subjects = subjects(cast, service, bulwark);
            for (int round = 1; round <= setting.rounds(); round++) {
                for (var subject : subjects.entrySet()) {
                    Round one = new Round(subject.getKey(), subject.getValue(), bulwark, behaviour, findings);
                    one.warm(round);
                    one.cold(round);
                    report(round, subject.getKey(), findings);
                }
            }
        }
        targets(findings);
        notes(findings);
        return findings.result();
    }

    private static SequencedMap<String, Peer> subjects(Cast cast, ExecutionCountingService service, Bulwarks bulwark) {
        List<String> heap = List.of("-Xmx128m");
        SequencedMap<String, Peer> all = new TreeMap<>();
        all.put("bulwark", bulwark);
        all.put(
                "bulwark-permits",
                cast.keep(Fronts.start(
                        "comparison-circuit/permits",
                        CALLERS,
                        heap,
                        Fronts.bulwarkPermits(service.address(), bulwark.address(), bulwark.token()))));
        all.put(
                "resilience4j",
                cast.keep(Fronts.start(
                        "comparison-circuit/resilience4j", CALLERS, heap, Fronts.resilience4j(service.address()))));
        return Collections.unmodifiableSequencedMap(all);
    }

    /** What one subject goes through in one round. */
    private record Round(
            String subject, Peer peer, Bulwarks bulwark, AtomicReference<Behaviour> behaviour, Findings findings) {
        /** The service works, dies under calls that went well so far, and comes back. */
        void warm(int number) {
            behaviour.set(GOOD);
            long begun = System.nanoTime();
            try (Callers callers = start("warm-" + number)) {
                callers.awaitAll(200, begun, WELL, WELL_WITHIN);
                long died = System.nanoTime();
                behaviour.set(BAD);
                long stopped = callers.awaitEach(503, died, STOPPED_WITHIN);
                Wait.until(stopped + DEAD.plusMillis(700L * number).toNanos());
                long returned = System.nanoTime();
                behaviour.set(GOOD);
                long recovered = callers.awaitEach(200, returned, BACK_WITHIN);
                findings.count(subject, "wasted", "calls", callers.count(500, died, stopped));
                findings.count(subject, "probes", "calls", callers.count(500, stopped, returned));
                findings.add(subject, "stop", "s", (stopped - died) / 1e9);
                findings.add(subject, "recovery", "s", (recovered - returned) / 1e9);
            }
        }

        /** The service is dead when the first calls come, so that no circuit knows anything. */
        void cold(int number) {
            behaviour.set(BAD);
            long begun = System.nanoTime();
            try (Callers callers = start("cold-" + number)) {
                long stopped = callers.awaitEach(503, begun, STOPPED_WITHIN);
                findings.count(subject, "wastedCold", "calls", callers.count(500, begun, stopped));
            }
        }

        private Callers start(String occasion) {
            String tenant = subject + "-" + occasion;
            bulwark.put("tenants/" + tenant, Thresholds.policy());
            List<InetSocketAddress> addresses = peer.addresses();
            return Callers.start(
                    CALLERS, CALLS_PER_SECOND, addresses, "/t/" + tenant + "/payments/call", bulwark.token());
        }
    }

    private void report(int round, String subject, Findings findings) {
        progress.accept(String.format(
                Locale.ROOT,
                "round %d: %-16s wasted %.0f until all stopped after %.2f s, %.0f probes, back after %.2f s; cold %.0f",
                round,
                subject,
                findings.latest(subject, "wasted"),
                findings.latest(subject, "stop"),
                findings.latest(subject, "probes"),
                findings.latest(subject, "recovery"),
                findings.latest(subject, "wastedCold")));
    }

    private static void targets(Findings findings) {
        findings.configured("load", CALLERS + " callers, each " + CALLS_PER_SECOND + " calls/s, one at a time");
        findings.configured("circuits", Thresholds.words());
        findings.target("bulwark.wastedCold < resilience4j.wastedCold");
        findings.target("bulwark.probes < resilience4j.probes");
    }

    private static void notes(Findings findings) {
        findings.note("resilience4j and bulwark-permits: four processes of one application, which calls the service"
                + " behind a circuit of Resilience4j in its own memory, or after asking one Bulwark node for a permit"
                + " and reporting the outcome. bulwark: the same four callers through the node's gateway.");
        findings.note("wasted: calls that reached the dead service until every caller had been refused once, after "
                + WELL + " that it answered. With a failure rate over a window both must see as many"
                + " failures as there were successes, so the two are alike there. wastedCold: the same when the"
                + " service was dead from the first call on; each process of the library then learns for itself.");
        findings.note("probes: calls that reached the dead service afterwards. recovery: from the moment at which the"
                + " service answers again until every caller has had an answer from it; it depends on where in their"
                + " open time the circuits stand, so the dead time is 0.7 s longer in each round.");
    }
}
