package io.bulwark.node.guard;

import static io.bulwark.node.guard.StandInRig.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.Acquire;
import io.bulwark.guard.GuardCommand.Item;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import io.bulwark.guard.PolicyReply;
import io.bulwark.ratelimit.Advance;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Decision;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.Level;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Limiter;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that spend of one guard's limit in advance, in a time of their own. */
class GuardsWithAdvancesTest {
    private static final Name REQUESTS = new Name("requests");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final StandInRig rig = new StandInRig();
    private boolean elsewhere = true;
    private final GuardsWithAdvances node = node();

    private GuardsWithAdvances node() {
        return new GuardsWithAdvances(rig.owner, _ -> elsewhere, rig::nanoTime, StandInRig.nobody());
    }

    private static LimitPolicy limit(
            Algorithm algorithm, long capacity, long refill, Duration per, Durability durability, Mode mode) {
        return new LimitPolicy(REQUESTS, algorithm, capacity, refill, per, durability, mode);
    }

    private static LimitPolicy bucket(long capacity, long refill, Duration per) {
        return limit(Algorithm.TOKEN_BUCKET, capacity, refill, per, Durability.SOFT, Mode.ENFORCE);
    }

    private void put(LimitPolicy limit) {
        rig.owner.put(new TenantPolicy(
                List.of(limit),
                Map.of(),
                CircuitPolicy.DEFAULT,
                IdempotencyPolicy.DEFAULT,
                OnGuardUnavailable.ADMIT,
                TenantStatus.ACTIVE,
                false));
    }

    private static Result acquire(GuardsWithAdvances at, long cost) {
        LimitReply reply = at.<LimitReply>ask(
                        ACME, replyTo -> new Acquire(replyTo, List.of(new Item(REQUESTS, cost))), StandInRig.WITHIN)
                .toCompletableFuture()
                .join();
        return ((LimitReply.Decided) reply).results().getFirst();
    }

    private static long remaining(Result result) {
        return ((Result.Allowed) result).report().remaining();
    }

    private void acquireMany(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(acquire(node, 1)).isInstanceOf(Result.Allowed.class);
        }
    }

    @Test
    void acquire_often_isDecidedHere_andTheOwnerCountsAllOfIt() {
        put(bucket(100_000, 100_000, SECOND));

        for (int i = 0; i < 1_000; i++) {
            acquireMany(1);
            rig.passMillis(1);
        }

        assertThat(node.taken()).isGreaterThan(900);
        assertThat(rig.owner.asked(Acquire.class)).isEqualTo(1_000 - node.taken());
    }

    @Test
    void acquire_nothingPassesBetween_theRemainderFallsByWhatWasSpent() {
        put(bucket(100_000, 100_000, SECOND));

        List<Long> remaining =
                Stream.generate(() -> remaining(acquire(node, 1))).limit(6).toList();

        assertThat(remaining).containsExactly(99_999L, 99_998L, 99_997L, 99_996L, 99_995L, 99_994L);
        assertThat(node.taken()).isEqualTo(2);
    }

    @Test
    void acquire_seldom_asksEachTime() {
        put(bucket(100_000, 100_000, SECOND));

        for (int i = 0; i < 20; i++) {
            acquireMany(1);
            rig.passMillis(60);
        }

        assertThat(node.taken()).isZero();
    }

    @Test
    void acquire_advanceOfThatAge_isNotSpentAnyMore() {
        put(bucket(100_000, 100_000, SECOND));
        acquireMany(5);
        assertThat(node.taken()).isEqualTo(1);

        rig.pass(Advance.GOOD_FOR);
        acquireMany(1);

        assertThat(node.taken()).isEqualTo(1);
    }

    static Stream<LimitPolicy> askedForEachTime() {
        return Stream.of(
                bucket(1_000, 1, SECOND),
                bucket(7, 1_000, SECOND),
                limit(Algorithm.TOKEN_BUCKET, 1_000_000, 1_000_000, SECOND, Durability.STRICT, Mode.ENFORCE),
                limit(Algorithm.TOKEN_BUCKET, 1_000_000, 1_000_000, SECOND, Durability.SOFT, Mode.SHADOW),
                limit(Algorithm.SLIDING_WINDOW, 1_000_000, 1_000_000, SECOND, Durability.SOFT, Mode.ENFORCE),
                limit(Algorithm.FIXED_WINDOW, 1_000_000, 1_000_000, SECOND, Durability.SOFT, Mode.ENFORCE),
                limit(Algorithm.LEAKY_BUCKET, 1_000_000, 1_000_000, SECOND, Durability.SOFT, Mode.ENFORCE));
    }

    @ParameterizedTest
    @MethodSource
    void askedForEachTime(LimitPolicy limit) {
        put(limit);

        for (int i = 0; i < 30; i++) {
            acquire(node, 1);
        }

        assertThat(node.taken()).isZero();
        assertThat(rig.owner.asked(Acquire.class)).isEqualTo(30);
    }

    @Test
    void acquire_nearTheLimit_everyLastOneIsAdmitted() {
        put(bucket(1_000, 1, Duration.ofDays(1)));

        long admitted = Stream.generate(() -> acquire(node, 1))
                .takeWhile(Result.Allowed.class::isInstance)
                .count();

        assertThat(admitted).isEqualTo(1_000);
    }

    @Test
    void acquire_guardNextDoor_isAskedEachTime() {
        put(bucket(100_000, 100_000, SECOND));
        elsewhere = false;

        acquireMany(20);

        assertThat(node.taken()).isZero();
    }

    @Test
    void acquire_twoOthersWhileOneAsks_goToTheGuardWithNothingAhead() {
        put(bucket(100_000, 100_000, SECOND));
        acquireMany(3);
        rig.owner.silent = true;

        List<CompletionStage<LimitReply>> asking = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            asking.add(node.ask(
                    ACME, replyTo -> new Acquire(replyTo, List.of(new Item(REQUESTS, 1))), StandInRig.WITHIN));
        }
        rig.owner.back();

        assertThat(rig.owner.asked.stream()
                        .filter(Acquire.class::isInstance)
                        .map(command -> ((Acquire) command).ahead()))
                .containsExactly(0L, 0L, 0L, 4L, 0L, 0L);
        assertThat(asking).allMatch(answer -> answer.toCompletableFuture().isDone());
    }

    @Test
    void ask_otherQuestions_goToTheGuard() {
        put(bucket(100_000, 100_000, SECOND));
        acquireMany(5);

        assertThat(remaining(acquire(node, 0))).isEqualTo(99_992);
        assertThat(node.<PolicyReply>ask(ACME, GuardCommand.ShowPolicy::new, StandInRig.WITHIN)
                        .toCompletableFuture())
                .isCompleted();
    }

    /** Three nodes, demand that comes and goes, and the promise checked over every stretch by brute force. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void admitted_inAnyStretch_isWithinThePromise_andMostOfWhatIsDue(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long capacity = random.nextLong(50, 400);
        long refill = random.nextLong(100, 2_000);
        LimitPolicy limit = bucket(capacity, refill, SECOND);
        put(limit);
        List<GuardsWithAdvances> nodes = List.of(node, node(), node());
        List<Instant> admitted = new ArrayList<>();
        Limiter exact = Limiter.of(limit);
        Level level = exact.fresh(rig.now());
        long due = 0;

        for (int step = 0; step < 2_000; step++) {
            long demand = step / 200 % 2 == 0 ? random.nextLong(1 + refill / 700) : random.nextLong(1 + refill / 200);
            for (long i = 0; i < demand; i++) {
                Decision decision = exact.acquire(level, 1, rig.now());
                level = decision.level();
                due += decision.allowed() ? 1 : 0;
                if (acquire(nodes.get(random.nextInt(3)), 1) instanceof Result.Allowed) {
                    admitted.add(rig.now());
                }
            }
            rig.passMillis(random.nextInt(1, 4));
        }

        assertThat(nodes).as("advances were spent").anyMatch(each -> each.taken() > 0);
        assertPromise(admitted, capacity, refill);
        assertThat((double) admitted.size()).isGreaterThan(0.95 * due);
    }

    private static void assertPromise(List<Instant> admitted, long capacity, long refill) {
        for (int from = 0; from < admitted.size(); from += 7) {
            for (int to = from; to < admitted.size(); to += 5) {
                Duration stretch =
                        Duration.between(admitted.get(from), admitted.get(to)).plus(Advance.GOOD_FOR);
                double promised = capacity + refill * stretch.toNanos() / 1e9;
                assertThat((double) (to - from + 1)).isLessThanOrEqualTo(promised);
            }
        }
    }
}
