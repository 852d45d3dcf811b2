package io.bulwark.admission;

import static io.bulwark.admission.GuardRig.bucket;
import static io.bulwark.admission.GuardRig.limit;
import static io.bulwark.admission.GuardRig.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand.Item;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.TenantStatus;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitDeskTest {
    private static final Name REQUESTS = new Name("requests");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static List<Result> decide(GuardRig rig, Item... items) {
        LimitReply reply = rig.take(rig.guard.limits().acquire(List.of(items), rig.now));
        return ((LimitReply.Decided) reply).results();
    }

    private static long remaining(GuardRig rig) {
        return ((Result.Allowed) decide(rig, new Item(REQUESTS, 0)).getFirst())
                .report()
                .remaining();
    }

    private static LimitReply.Reserved reserve(GuardRig rig, long cost) {
        return (LimitReply.Reserved) rig.take(rig.guard.limits().reserve(REQUESTS, cost, MINUTE, rig.now));
    }

    @Test
    void acquire_severalItems_areDecidedInOrderEachForItself() {
        GuardRig rig = GuardRig.with(policy(
                bucket("requests", 10), limit("at-once", Algorithm.CONCURRENCY, 5, Durability.SOFT, Mode.ENFORCE)));

        List<Result> results = decide(
                rig,
                new Item(REQUESTS, 8),
                new Item(REQUESTS, 5),
                new Item(REQUESTS, 2),
                new Item(new Name("nowhere"), 1),
                new Item(new Name("at-once"), 1));

        assertThat(results)
                .extracting(result -> result.getClass().getSimpleName())
                .containsExactly("Allowed", "Denied", "Allowed", "NoSuchLimit", "HeldNotSpent");
    }

    @Test
    void acquire_costZero_looksWithoutSpending() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 10)));
        decide(rig, new Item(REQUESTS, 4));

        assertThat(remaining(rig)).isEqualTo(6);
        assertThat(remaining(rig)).isEqualTo(6);
    }

    @Test
    void acquire_thousandItemsOfAStrictLimit_journalOneLevel() {
        GuardRig rig = GuardRig.with(
                policy(limit("requests", Algorithm.TOKEN_BUCKET, 2_000, Durability.STRICT, Mode.ENFORCE)));
        int before = rig.journal.size();

        rig.take(rig.guard.limits().acquire(Collections.nCopies(1_000, new Item(REQUESTS, 1)), rig.now));

        assertThat(rig.journal).hasSize(before + 1);
        rig.crash();
        assertThat(remaining(rig)).isBetween(850L, 1_000L);
    }

    @Test
    void acquire_tenantSuspendedOrUnknown_isRefused() {
        GuardRig rig = GuardRig.with(policy(TenantStatus.MAINTENANCE, bucket("requests", 10)));
        List<Item> one = List.of(new Item(REQUESTS, 1));

        assertThat(rig.take(rig.guard.limits().acquire(one, rig.now)))
                .isEqualTo(new LimitReply.Suspended(TenantStatus.MAINTENANCE));
        GuardRig unknown = new GuardRig();
        assertThat(unknown.take(unknown.guard.limits().acquire(one, unknown.now)))
                .isEqualTo(new LimitReply.UnknownTenant());
    }

    @Test
    void settle_costLessThanReserved_givesTheRestBack() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 100)));
        LimitReply.Reserved reserved = reserve(rig, 50);
        assertThat(remaining(rig)).isEqualTo(50);

        rig.take(rig.guard.limits().settle(REQUESTS, reserved.reservation(), 20, rig.now));

        assertThat(remaining(rig)).isEqualTo(80);
    }

    @Test
    void settle_costMoreThanReserved_isChargedAsWell() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 100)));
        LimitReply.Reserved reserved = reserve(rig, 10);

        rig.take(rig.guard.limits().settle(REQUESTS, reserved.reservation(), 60, rig.now));

        assertThat(remaining(rig)).isEqualTo(40);
    }

    @Test
    void settle_twiceOrTooLateOrUnknown_isRefusedAndTheCostStands() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 100)));
        LimitReply.Reserved first = reserve(rig, 10);
        rig.take(rig.guard.limits().settle(REQUESTS, first.reservation(), 10, rig.now));
        assertThat(rig.take(rig.guard.limits().settle(REQUESTS, first.reservation(), 0, rig.now)))
                .isEqualTo(new LimitReply.UnknownReservation());

        LimitReply.Reserved second = reserve(rig, 10);
        rig.advance(MINUTE);
        assertThat(rig.take(rig.guard.limits().settle(REQUESTS, second.reservation(), 0, rig.now)))
                .isEqualTo(new LimitReply.UnknownReservation());
    }

    @Test
    void reserve_concurrency_isHeldUntilSettledOrOver() {
        GuardRig rig =
                GuardRig.with(policy(limit("requests", Algorithm.CONCURRENCY, 1, Durability.SOFT, Mode.ENFORCE)));
        LimitReply.Reserved first = reserve(rig, 1);
        assertThat(rig.take(rig.guard.limits().reserve(REQUESTS, 1, MINUTE, rig.now)))
                .isInstanceOf(LimitReply.Refused.class);

        rig.take(rig.guard.limits().settle(REQUESTS, first.reservation(), 0, rig.now));
        reserve(rig, 1);
        rig.advance(MINUTE);
        reserve(rig, 1);
    }

    @Test
    void reserve_tooManyOpen_isOverloaded() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 1_000_000)));
        for (int i = 0; i < Reservations.RESERVATIONS_MAX; i++) {
            reserve(rig, 1);
        }

        assertThat(rig.take(rig.guard.limits().reserve(REQUESTS, 1, MINUTE, rig.now)))
                .isInstanceOf(LimitReply.Overloaded.class);
        rig.advance(MINUTE);
        reserve(rig, 1);
    }
}
