package io.bulwark.admission;

import static io.bulwark.admission.GuardRig.PAYMENTS;
import static io.bulwark.admission.GuardRig.limit;
import static io.bulwark.admission.GuardRig.policy;

import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.guard.GuardCommand.Item;
import io.bulwark.guard.GuardCommand.Keyed;
import io.bulwark.guard.LimitReply;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the rules of one tenant's guard cost, without actor, network and journal. */
@State(Scope.Thread)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TenantGuardBenchmark {
    private static final Name REQUESTS = new Name("requests");
    private static final Duration TICK = Duration.ofNanos(20_000);
    private static final Duration TOOK = Duration.ofMillis(5);

    @Param({"TOKEN_BUCKET", "SLIDING_WINDOW", "FIXED_WINDOW"})
    private Algorithm algorithm = Algorithm.TOKEN_BUCKET;

    private GuardRig rig = new GuardRig();
    private long calls;

    @Setup
    public void prepare() {
        LimitPolicy ample = limit(REQUESTS.value(), algorithm, 1_000_000_000, Durability.SOFT, Mode.ENFORCE);
        LimitPolicy atOnce = limit("at-once", Algorithm.CONCURRENCY, 1_000, Durability.SOFT, Mode.ENFORCE);
        rig = GuardRig.with(policy(ample, atOnce));
    }

    /** One decision over one limit. */
    @Benchmark
    public LimitReply acquire() {
        rig.now = rig.now.plus(TICK);
        return rig.guard
                .limits()
                .acquire(List.of(new Item(REQUESTS, 1)), rig.now)
                .verdict();
    }

    /** A call under a new key: two limits, the circuit and the table of calls in flight; then how it ended. */
    @Benchmark
    public Object admitAndSettle() {
        rig.now = rig.now.plus(TICK);
        Keyed keyed = new Keyed(new IdempotencyKey("k" + calls++), new Fingerprint("0a"));
        Admit admit = new Admit(GuardRig.nobody(), PAYMENTS, Optional.of(keyed), GuardRig.LEASE, Duration.ZERO, true);
        Admission answer = ((Admitting.Answered) rig.guard.admit(admit, rig.now).verdict()).reply();
        String permit = ((Admission.Admitted) answer).permit();
        return rig.guard.settle(permit, Outcome.SUCCESS, TOOK, rig.now).verdict();
    }
}
