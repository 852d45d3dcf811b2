package io.bulwark.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Seeded histories of one circuit: calls, answers, lost calls, lost owners, operators. */
class CircuitHistoryTest {
    static IntStream seeds() {
        return IntStream.range(0, 200);
    }

    /** A tenant's calls to a service through one circuit, with a model of what may pass that is kept apart from it. */
    private static final class Service {
        private final SplittableRandom random;
        private final CircuitPolicy policy;
        private Circuit circuit;
        private Instant now = Instant.parse("2026-11-21T00:00:00Z");
        private long permits;
        private final List<Long> out = new ArrayList<>();
        /** The model: when the circuit said it opened, until when, and the leases of the probes since. */
        private boolean open;

        private Instant openUntil = now;
        private int trips;
        private final Map<Long, Instant> probes = new HashMap<>();

        private Service(SplittableRandom random) {
            this.random = random;
            policy = Policies.random(random);
            circuit = Circuit.fresh(now);
        }

        private void step(double failing) {
            now = now.plusMillis(random.nextInt(120));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> permit();
                case 3, 4, 5 -> settleOne(failing);
                case 6 -> loseOne();
                case 7 -> now = random.nextInt(10) == 0 ? now.plus(policy.openFor()) : now;
                default -> throw new AssertionError("nextInt(8) is below 8");
            }
            assertStateMatchesModel();
        }

        private boolean permit() {
            long permit = ++permits;
            return switch (circuit.permit(policy, permit, now)) {
                case CircuitPermission.Permitted(Circuit next, boolean probe) -> {
                    circuit = next;
                    out.add(permit);
                    assertMayPass(permit, probe);
                    yield true;
                }
                case CircuitPermission.Refused(Duration retryAfter) -> {
                    assertRefusedInTime(retryAfter);
                    yield false;
                }
            };
        }

        private void assertMayPass(long permit, boolean probe) {
            assertThat(probe).isEqualTo(open);
            if (open) {
                assertThat(now).isAfterOrEqualTo(openUntil);
                probes.put(permit, now.plus(policy.probeLease()));
                assertThat(leased()).isLessThanOrEqualTo(policy.probes());
            }
        }

        /** While open, waiting that long lets a call through; when half-open, only as many as may be out are refused. */
        private void assertRefusedInTime(Duration retryAfter) {
            assertThat(open).isTrue();
            assertThat(retryAfter).isPositive();
            Instant then = now.plus(retryAfter);
            if (now.isBefore(openUntil)) {
                assertThat(then).isEqualTo(openUntil);
                assertThat(circuit.permit(policy, 0, then)).isInstanceOf(CircuitPermission.Permitted.class);
                assertThat(circuit.retryAfter(now)).contains(retryAfter);
            } else {
                assertThat(leased()).isEqualTo(policy.probes());
                assertThat(retryAfter).isLessThanOrEqualTo(Circuit.FULL_RETRY_MAX);
            }
        }

        private long leased() {
            return probes.values().stream().filter(end -> end.isAfter(now)).count();
        }

        private void settleOne(double failing) {
            if (!out.isEmpty()) {
                boolean fails = random.nextDouble() < failing;
                Outcome outcome = fails ? Outcome.FAILURE : random.nextInt(5) == 0 ? Outcome.IGNORED : Outcome.SUCCESS;
                settle(out.remove(random.nextInt(out.size())), outcome, Duration.ofMillis(random.nextInt(300)));
            }
        }

        private void settle(long permit, Outcome outcome, Duration took) {
            Step<CircuitEvent, Circuit> step = circuit.settle(policy, permit, outcome, took, now);
            Instant lease = probes.remove(permit);
            boolean counts = !open || (lease != null && lease.isAfter(now));
            assertThat(step.events().isEmpty() || (counts && outcome != Outcome.IGNORED))
                    .isTrue();
            assertThat(step.events()).hasSizeLessThanOrEqualTo(1);
            if (open && counts && outcome == Outcome.FAILURE) {
                assertThat(step.events()).hasSize(1).allMatch(CircuitEvent.Opened.class::isInstance);
            }
            circuit = step.verdict();
            step.events().forEach(this::apply);
        }

        private void apply(CircuitEvent event) {
            circuit = circuit.apply(event);
            probes.clear();
            switch (event) {
                case CircuitEvent.Opened opened -> assertOpensAsDrawn(opened);
                case CircuitEvent.Closed closed -> {
                    assertThat(open).isTrue();
                    assertThat(now).isAfterOrEqualTo(openUntil);
                    open = false;
                    trips = 0;
                }
                case CircuitEvent.ModeSet set -> throw new AssertionError("no operator is in this history: " + set);
            }
        }

        /** Only from closed, or from half-open once the time is over; for twice as long each time, up to the most. */
        private void assertOpensAsDrawn(CircuitEvent.Opened opened) {
            assertThat(!open || !now.isBefore(openUntil)).isTrue();
            trips++;
            assertThat(opened.trips()).isEqualTo(trips);
            Duration expected = policy.openFor();
            for (int i = 1; i < trips && expected.compareTo(policy.openForMax()) < 0; i++) {
                expected = expected.multipliedBy(2);
            }
            Duration most = policy.openForMax();
            assertThat(Duration.between(now, opened.until())).isEqualTo(expected.compareTo(most) < 0 ? expected : most);
            assertThat(opened.why()).isNotBlank();
            open = true;
            openUntil = opened.until();
        }

        private void loseOne() {
            if (!out.isEmpty() && random.nextInt(3) == 0) {
                long permit = out.remove(random.nextInt(out.size()));
                if (random.nextBoolean()) {
                    circuit = circuit.giveBack(permit);
                    probes.remove(permit);
                }
            }
        }

        /** The owner is lost: what the journal has is what is left. */
        private void loseOwner() {
            circuit = Circuit.restored(circuit.hard());
            out.clear();
            probes.clear();
        }

        private void assertStateMatchesModel() {
            CircuitState expected =
                    !open ? CircuitState.CLOSED : now.isBefore(openUntil) ? CircuitState.OPEN : CircuitState.HALF_OPEN;
            assertThat(circuit.state(now)).isEqualTo(expected);
            assertThat(circuit.trips()).isEqualTo(trips);
            assertThat(circuit.since(now)).isBeforeOrEqualTo(now);
        }
    }

    /** While open nothing passes; half-open never has more probes leased than it may; it moves only as drawn. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void passesOnlyWhatItMay(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Service service = new Service(random);
        double failing = random.nextDouble();
        for (int i = 0; i < 600; i++) {
            service.step(failing);
            if (random.nextInt(150) == 0) {
                service.loseOwner();
            }
        }
    }

    /** From wherever it is, with a service that is well again and half of the calls lost, it closes in bounded time. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void closesOnceTheServiceIsWell(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Service service = new Service(random);
        for (int i = 0; i < 300; i++) {
            service.step(0.9);
        }
        CircuitPolicy policy = service.policy;
        Instant bound =
                service.now.plus(policy.openForMax()).plus(policy.probeLease().multipliedBy(40));
        while (service.open && service.now.isBefore(bound)) {
            boolean lost = random.nextBoolean();
            if (service.permit() && !lost) {
                service.settle(service.out.getLast(), Outcome.SUCCESS, Duration.ZERO);
            }
            service.now = service.now.plus(policy.probeLease().dividedBy(2));
        }
        assertThat(service.circuit.state(service.now)).isEqualTo(CircuitState.CLOSED);
    }

    /** The rates against a plain recount of every call of the last ten slots. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void countsAreThoseOfTheLastTenSlots(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        CircuitPolicy policy = Policies.random(random);
        Instant now = Instant.parse("2026-11-21T00:00:00Z");
        Circuit circuit = Circuit.fresh(now).apply(new CircuitEvent.ModeSet(now, CircuitMode.METRICS_ONLY, "counting"));
        long slot = Math.ceilDiv(policy.trip().window().toMillis(), 10);
        List<Long> failures = new ArrayList<>();
        List<Long> successes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            now = now.plusMillis(random.nextInt(random.nextInt(20) == 0 ? 10_000 : 60));
            boolean fails = random.nextBoolean();
            Outcome outcome = fails ? Outcome.FAILURE : Outcome.SUCCESS;
            circuit = circuit.settle(policy, i, outcome, Duration.ZERO, now).verdict();
            (fails ? failures : successes).add(now.toEpochMilli() / slot);
            long first = now.toEpochMilli() / slot - 9;
            long failed = failures.stream().filter(s -> s >= first).count();
            long succeeded = successes.stream().filter(s -> s >= first).count();
            assertThat(circuit.counts(policy, now)).isEqualTo(new Circuit.Counts(failed + succeeded, failed, 0));
        }
    }
}
