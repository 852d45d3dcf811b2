package io.bulwark.node.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorRef;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.grammar.Name;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.PolicyReply;
import io.bulwark.persistence.repository.Erasure;
import io.bulwark.restore.RestoreOrder;
import io.bulwark.restore.RestoreRun;
import io.bulwark.restore.RestoreRun.Phase;
import io.bulwark.restore.RestoreRun.State;
import io.bulwark.restore.Restores.Started;
import io.bulwark.restore.Restores.Why;
import io.bulwark.tenant.TenantDirectory.LastKnown;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Precondition;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A restore around real guards: quarantined, exchanged under them, and released. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantRestoresTest {
    private static final Instant AT = Instant.parse("2026-11-27T03:15:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final Name SERVICE = new Name("payments");
    private static final AtomicInteger TENANTS = new AtomicInteger();

    private Optional<RestoreBench> bench = Optional.empty();
    private Name tenant = new Name("acme");

    @BeforeAll
    void open(@TempDir Path folder) {
        bench = Optional.of(new RestoreBench(folder));
    }

    @AfterAll
    void close() throws Exception {
        on().close();
    }

    private RestoreBench on() {
        return bench.orElseThrow();
    }

    /** One tenant for each test, with a policy, a circuit that is held open, and an operation. */
    @BeforeEach
    void makeTheTenant() throws Exception {
        on().gate = new CountDownLatch(0);
        on().configured = true;
        on().erased = List.of();
        tenant = new Name("acme-" + TENANTS.incrementAndGet());
        put(TenantPolicy.DEFAULT);
        mode(CircuitMode.FORCED_OPEN);
        claim("then", "now()");
        on().remember();
    }

    /** What came after the instant: more events than any before, and another operation. */
    private void goOn() throws SQLException {
        put(TenantPolicy.DEFAULT.with(TenantStatus.MAINTENANCE));
        put(TenantPolicy.DEFAULT);
        mode(CircuitMode.AUTO);
        claim("later", "now()");
        on().run("DELETE FROM operation WHERE key = 'then' AND tenant = '" + tenant + "'");
    }

    private void put(TenantPolicy policy) {
        PolicyReply reply =
                on().ask(tenant, replyTo -> new GuardCommand.PutPolicy(replyTo, policy, new Precondition.None()));
        assertThat(reply).isInstanceOf(PolicyReply.Put.class);
    }

    private void mode(CircuitMode mode) {
        CircuitReply reply =
                on().ask(tenant, replyTo -> new GuardCommand.SetCircuitMode(replyTo, SERVICE, mode, "test"));
        assertThat(reply).isInstanceOf(CircuitReply.Done.class);
    }

    private void claim(String key, String leaseUntil) throws SQLException {
        on().run("INSERT INTO operation VALUES ('" + tenant + "', '" + key
                + "', 'f', 1, nextval('operation_token'), 1, gen_random_uuid(), " + leaseUntil
                + ", NULL, NULL, NULL, NULL, now(), now(), now() + interval '1 day')");
    }

    private PolicyReply.Shown shown() {
        return (PolicyReply.Shown) on().<PolicyReply>ask(tenant, GuardCommand.ShowPolicy::new);
    }

    private CircuitMode circuit() {
        CircuitReply.Shown reply = (CircuitReply.Shown) on().<CircuitReply>ask(tenant, GuardCommand.ShowCircuits::new);
        return reply.circuits().getFirst().mode();
    }

    private List<String> keys() throws SQLException {
        return on().query("SELECT key FROM operation WHERE tenant = '" + tenant + "' ORDER BY key");
    }

    private Started start(boolean dryRun, Instant at) throws Exception {
        return on().restores
                .start(new RestoreOrder(tenant, at, dryRun, "test"))
                .toCompletableFuture()
                .get();
    }

    private RestoreRun begun(boolean dryRun) throws Exception {
        Started started = start(dryRun, AT);
        assertThat(started).isInstanceOf(Started.Begun.class);
        return ((Started.Begun) started).run();
    }

    private RestoreRun find(String id) throws Exception {
        return on().restores.find(id).toCompletableFuture().get().orElseThrow();
    }

    private RestoreRun ended(RestoreRun run) throws Exception {
        await().atMost(PATIENCE).until(() -> find(run.id()).state() != State.RUNNING);
        return find(run.id());
    }

    private RestoreRun restored() throws Exception {
        RestoreRun run = ended(begun(false));
        assertThat(run.problem()).isEmpty();
        assertThat(run.state()).isEqualTo(State.DONE);
        return run;
    }

    @Test
    void restore_bringsPolicyCircuitsAndOperationsBack_underAVersionThatWasNeverUsed() throws Exception {
        goOn();
        long used = shown().version();

        RestoreRun run = restored();

        assertThat(run.status()).contains(TenantStatus.ACTIVE);
        assertThat(run.difference().orElseThrow().none()).isFalse();
        assertThat(shown().policy()).isEqualTo(TenantPolicy.DEFAULT);
        assertThat(shown().version()).isGreaterThan(used + 1);
        assertThat(circuit()).isEqualTo(CircuitMode.FORCED_OPEN);
        assertThat(keys()).containsExactly("then");
        await().atMost(PATIENCE)
                .until(() -> on().directory
                        .find(tenant)
                        .toCompletableFuture()
                        .get()
                        .equals(Optional.of(new LastKnown(shown().version(), TenantPolicy.DEFAULT))));
        mode(CircuitMode.METRICS_ONLY);
        assertThat(circuit()).isEqualTo(CircuitMode.METRICS_ONLY);
    }

    @Test
    void guardOnAPausedNode_cannotWriteIntoTheRestoredJournal_andComesBackWithIt() throws Exception {
        ActorRef<GuardCommand> paused = on().wake(tenant);
        assertThat(on().<PolicyReply>ask(paused, GuardCommand.ShowPolicy::new)).isInstanceOf(PolicyReply.Shown.class);
        goOn();
        restored();
        long version = shown().version();
        List<String> journal = on().query("SELECT sequence_number FROM event_journal WHERE persistence_id = 'guard|"
                + tenant + "' AND NOT deleted ORDER BY 1");

        on().expectNothing(
                        paused,
                        replyTo -> new GuardCommand.SetCircuitMode(
                                replyTo.narrow(), SERVICE, CircuitMode.METRICS_ONLY, "too late"));

        assertThat(on().<PolicyReply>ask(paused, GuardCommand.ShowPolicy::new))
                .isEqualTo(new PolicyReply.Shown(TenantPolicy.DEFAULT, version));
        assertThat(on().query("SELECT sequence_number FROM event_journal WHERE persistence_id = 'guard|" + tenant
                        + "' AND NOT deleted ORDER BY 1"))
                .isEqualTo(journal);
        assertThat(circuit()).isEqualTo(CircuitMode.FORCED_OPEN);
    }

    @Test
    void tenantThatWasQuarantinedAtTheInstant_isQuarantinedAfterwards() throws Exception {
        put(TenantPolicy.DEFAULT.with(TenantStatus.QUARANTINED));
        on().remember();
        put(TenantPolicy.DEFAULT);

        assertThat(restored().status()).contains(TenantStatus.QUARANTINED);
        assertThat(shown().policy().status()).isEqualTo(TenantStatus.QUARANTINED);
    }

    @Test
    void tenantThatWasTakenOutSince_comesBack() throws Exception {
        on().<PolicyReply>ask(tenant, replyTo -> new GuardCommand.DeletePolicy(replyTo, new Precondition.None()));

        assertThat(restored().status()).contains(TenantStatus.ACTIVE);
        assertThat(shown().policy()).isEqualTo(TenantPolicy.DEFAULT);
    }

    @Test
    void restoreThatFails_givesThePolicyBack_andSaysWhy() throws Exception {
        goOn();
        on().copy = Optional.empty();

        RestoreRun run = ended(begun(false));

        assertThat(run.state()).isEqualTo(State.FAILED);
        assertThat(run.phase()).isEqualTo(Phase.RESTORING);
        assertThat(run.problem()).contains("The backup is damaged");
        assertThat(shown().policy().status()).isEqualTo(TenantStatus.ACTIVE);
        assertThat(keys()).containsExactly("later");
    }

    @Test
    void restoreWhoseNodeDied_isBrokenOff_leavesTheTenantQuarantined_andCanBeStartedAgain() throws Exception {
        goOn();
        put(TenantPolicy.DEFAULT.with(TenantStatus.QUARANTINED));
        RestoreRun dead = RestoreRun.begun(
                "20260101T000000000Z-" + tenant,
                new RestoreOrder(tenant, AT, false, "its node died"),
                io.bulwark.cluster.MemberAddress.parse("127.0.0.2:25520"),
                AT);
        on().runs.put(dead.at(Phase.COPYING, ""));
        assertThat(find(dead.id()).state()).isEqualTo(State.BROKEN_OFF);
        assertThat(find(dead.id()).problem().orElseThrow()).contains("start the restore again");

        assertThat(restored().status()).contains(TenantStatus.ACTIVE);
        assertThat(keys()).containsExactly("then");
        assertThat(find(dead.id()).state()).isEqualTo(State.BROKEN_OFF);
    }

    @Test
    void dryRun_showsTheDifference_andNeitherQuarantinesNorChanges() throws Exception {
        goOn();
        PolicyReply.Shown before = shown();

        RestoreRun run = ended(begun(true));

        assertThat(run.state()).isEqualTo(State.DONE);
        var operations = run.difference().orElseThrow().tables().stream()
                .filter(table -> table.table().equals("public.operation"))
                .findFirst()
                .orElseThrow();
        assertThat(operations.added().keys()).containsExactly("(" + tenant + ",then)");
        assertThat(operations.removed().keys()).containsExactly("(" + tenant + ",later)");
        assertThat(run.exchanged()).isEmpty();
        assertThat(shown()).isEqualTo(before);
        assertThat(keys()).containsExactly("later");
    }

    @Test
    void operationThatIsExecutedForTooLong_isCounted_andNotWaitedFor() throws Exception {
        goOn();
        claim("slow", "now() + interval '1 hour'");

        assertThat(restored().unsettled()).isEqualTo(1);
        assertThat(keys()).containsExactly("then");
    }

    @Test
    void whatIsOnTheErasureList_doesNotComeBack() throws Exception {
        goOn();
        on().erased = List.of(new Erasure(
                tenant,
                Optional.of(new Erasure.Rows("public", "operation", "tenant", "key", List.of("then"))),
                "article 17",
                AT));

        assertThat(restored().erased()).isEqualTo(1);
        assertThat(keys()).isEmpty();
    }

    @Test
    void secondRestore_isRefusedWhileTheFirstRuns_whichShowsItsPhase() throws Exception {
        on().gate = new CountDownLatch(1);
        RestoreRun first = begun(false);
        await().atMost(PATIENCE).until(() -> find(first.id()).progress().equals("waiting at the gate"));
        assertThat(find(first.id()).phase()).isEqualTo(Phase.RESTORING);
        assertThat(shown().policy().status()).isEqualTo(TenantStatus.QUARANTINED);

        assertThat(start(false, AT))
                .isInstanceOfSatisfying(
                        Started.Refused.class,
                        refused -> assertThat(refused.why()).isEqualTo(Why.RUNNING));

        on().gate.countDown();
        assertThat(ended(first).state()).isEqualTo(State.DONE);
        assertThat(on().restores.list(Optional.empty(), 1).toCompletableFuture().get())
                .containsExactly(find(first.id()));
    }

    @Test
    void whatCannotBe_isRefusedAtOnce_andNothingIsRemembered() throws Exception {
        int before = on().restores
                .list(Optional.empty(), 1_000)
                .toCompletableFuture()
                .get()
                .size();
        assertThat(start(false, Instant.EPOCH))
                .isEqualTo(new Started.Refused(Why.IMPOSSIBLE, "The first backup ended after what is asked for"));
        assertThat(start(false, Instant.parse("2100-01-01T00:00:00Z")))
                .isInstanceOfSatisfying(
                        Started.Refused.class,
                        refused -> assertThat(refused.sentence()).contains("expected an instant that is over"));
        on().erased = List.of(new Erasure(tenant, Optional.empty(), "contract ended", AT));
        assertThat(start(false, AT))
                .isInstanceOfSatisfying(
                        Started.Refused.class,
                        refused -> assertThat(refused.sentence()).contains("on the erasure list", "contract ended"));
        on().erased = List.of();
        tenant = new Name("nobody");
        assertThat(start(false, AT))
                .isInstanceOfSatisfying(
                        Started.Refused.class,
                        refused -> assertThat(refused.why()).isEqualTo(Why.UNKNOWN_TENANT));
        on().configured = false;
        assertThat(start(false, AT))
                .isEqualTo(new Started.Refused(Why.NOT_CONFIGURED, "bulwark.backup.repository is ''"));
        assertThat(on().restores
                        .list(Optional.empty(), 1_000)
                        .toCompletableFuture()
                        .get())
                .hasSize(before);
    }
}
