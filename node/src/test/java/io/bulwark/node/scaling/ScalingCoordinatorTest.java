package io.bulwark.node.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.persistence.testkit.PersistenceTestKitPlugin;
import akka.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import akka.persistence.testkit.javadsl.PersistenceTestKit;
import com.typesafe.config.ConfigFactory;
import io.bulwark.cluster.ClusterMembers;
import io.bulwark.cluster.ClusterView;
import io.bulwark.cluster.ClusterView.Member;
import io.bulwark.cluster.ClusterView.Status;
import io.bulwark.cluster.Leaving;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.scaling.ScaleTarget.Order;
import io.bulwark.node.scaling.ScalingCoordinator.Command;
import io.bulwark.node.scaling.TargetTrouble.Kind;
import io.bulwark.scaling.Decision;
import io.bulwark.scaling.LoadReport;
import io.bulwark.scaling.MetricName;
import io.bulwark.scaling.Scaling.EmergencyCall;
import io.bulwark.scaling.Scaling.EmergencyReply;
import io.bulwark.scaling.Scaling.PolicyReply;
import io.bulwark.scaling.ScalingPolicy;
import io.bulwark.scaling.ScalingView;
import io.bulwark.scaling.Target;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The actor around the decision: what is durable, what is carried out, and what another coordinator takes over. */
class ScalingCoordinatorTest {
    private static final ActorTestKit KIT = ActorTestKit.create(
            "scaling",
            PersistenceTestKitPlugin.getInstance()
                    .config()
                    .withFallback(PersistenceTestKitSnapshotPlugin.config())
                    .withFallback(ConfigFactory.parseString("akka.actor.serialization-bindings {"
                            + " \"io.bulwark.wire.CborMessage\" = jackson-cbor }"))
                    .withFallback(ConfigFactory.load()));
    private static final PersistenceTestKit JOURNAL = PersistenceTestKit.create(KIT.system());
    private static final MemberAddress SELF = address(0);

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private volatile int members = 2;
    private volatile long foreign;
    private final CaseTarget target = new CaseTarget();
    private ActorRef<Command> coordinator = KIT.system().ignoreRef();

    /** A target that does what the case wants. */
    private static final class CaseTarget implements ScaleTarget {
        final List<Order> orders = new CopyOnWriteArrayList<>();
        volatile boolean remembers = true;
        volatile boolean over;
        volatile int size = 2;
        volatile Optional<Kind> trouble = Optional.empty();
        volatile Optional<CountDownLatch> hangs = Optional.empty();

        @Override
        public String name() {
            return "case";
        }

        @Override
        public boolean remembers() {
            return remembers;
        }

        @Override
        public Size size() throws TargetTrouble {
            if (over) {
                throw new TargetTrouble(Kind.UNREACHABLE, "the case is over");
            }
            return new Size(size, "");
        }

        @Override
        public void scale(Order order) throws TargetTrouble, InterruptedException {
            if (trouble.isPresent()) {
                throw new TargetTrouble(trouble.get(), "it says no");
            }
            if (!order.stillLeads().getAsBoolean()) {
                throw new TargetTrouble(Kind.SUPERSEDED, "another one leads");
            }
            orders.add(order);
            if (hangs.isPresent()) {
                hangs.get().await();
            }
            size = remembers ? order.to() : size;
        }
    }

    private static MemberAddress address(int node) {
        return new MemberAddress("127.0.0.1", 25_520 + node);
    }

    /** As many members as the case has. */
    private final class CaseMembers implements ClusterMembers {
        @Override
        public ClusterView view() {
            return new ClusterView(
                    "bulwark",
                    SELF,
                    Optional.of(SELF),
                    IntStream.range(0, members)
                            .mapToObj(i -> new Member(
                                    address(i),
                                    Status.UP,
                                    true,
                                    i == 0,
                                    "1",
                                    Optional.of(1),
                                    Optional.of(10 - i),
                                    i == 0))
                            .toList(),
                    List.of());
        }

        @Override
        public CompletionStage<Leaving> leave(MemberAddress address) {
            return CompletableFuture.completedStage(new Leaving.Told());
        }
    }

    @BeforeEach
    void startEmpty() {
        JOURNAL.clearAll();
        start();
        ScalingPolicy defaults = ScalingPolicy.DEFAULT;
        put(
                new ScalingPolicy(
                        2,
                        10,
                        List.of(new Target(new MetricName("callsPerSecond"), 100)),
                        List.of(),
                        defaults.scaleUp(),
                        defaults.scaleDown(),
                        List.of(),
                        defaults.forecast(),
                        defaults.startup(),
                        false,
                        false),
                new Precondition.None());
    }

    /** What an actor of one case has in hand must not be written into the journal of the next. */
    @AfterEach
    void end() {
        target.over = true;
        now = now.plus(Duration.ofMinutes(1));
        await().until(() -> {
            coordinator.tell(new Command.Tick());
            return view().trouble()
                    .filter(it -> it.contains("the case is over"))
                    .isPresent();
        });
        KIT.stop(coordinator);
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private void start() {
        ScalingMeans means = new ScalingMeans(
                SELF, target, new CaseMembers(), this::head, Duration.ofMinutes(5), () -> now, _ -> {});
        coordinator = KIT.spawn(ScalingCoordinator.create(means));
        view();
    }

    /** As if it had moved to another node: nothing but the journal is left. */
    private void move() {
        KIT.stop(coordinator);
        start();
    }

    private long head() {
        return foreign + view().journal();
    }

    private ScalingView view() {
        TestProbe<ScalingView> probe = KIT.createTestProbe(ScalingView.class);
        coordinator.tell(new Command.Show(probe.getRef()));
        return probe.receiveMessage();
    }

    private PolicyReply put(ScalingPolicy policy, Precondition precondition) {
        TestProbe<PolicyReply> probe = KIT.createTestProbe(PolicyReply.class);
        coordinator.tell(new Command.Put(probe.getRef(), policy, precondition));
        return probe.receiveMessage();
    }

    /** All members report so many calls, and the coordinator evaluates. */
    private void evaluate(double calls) {
        now = now.plusSeconds(15);
        for (int i = 0; i < members; i++) {
            coordinator.tell(new Command.Report(
                    new LoadReport(address(i), now, Duration.ofHours(1), Map.of("callsPerSecond", calls))));
        }
        // Again, because one is not heard while the target is asked; but late, as time must not move on under a second
        // look.
        await().until(() -> {
            coordinator.tell(new Command.Tick());
            return IntStream.range(0, 2_000).anyMatch(_ -> isLookedAt(view()));
        });
    }

    private boolean isLookedAt(ScalingView seen) {
        return (target.over && seen.trouble().isPresent())
                || seen.outlook().filter(it -> !it.at().isBefore(now)).isPresent();
    }

    private List<Decision> decisions() {
        return view().decisions();
    }

    @Test
    void load_thatRises_isDecidedAndCarriedOut() {
        evaluate(200);

        await().until(() -> target.size == 4);
        assertThat(decisions()).extracting(Decision::to).containsExactly(4);
        assertThat(target.orders.getFirst().leaver()).isEmpty();
    }

    @Test
    void load_thatFalls_letsTheNodeWithTheFewestGuardsGo() {
        members = 4;
        target.size = 4;
        evaluate(100);
        now = now.plus(Duration.ofMinutes(6));
        evaluate(20);
        now = now.plus(Duration.ofMinutes(6));
        evaluate(20);

        await().until(() -> target.size == 2);
        assertThat(target.orders.getLast().leaver()).contains(address(3));
    }

    @Test
    void coordinator_thatMovesInTheMiddleOfAScaleUp_goesOnWithoutDoingItTwice() {
        target.remembers = false;
        target.hangs = Optional.of(new CountDownLatch(1));
        evaluate(200);
        await().until(() -> target.orders.size() == 1);

        move();
        target.hangs.orElseThrow().countDown();
        target.hangs = Optional.empty();
        evaluate(200);
        evaluate(200);
        assertThat(target.orders).hasSize(1);
        assertThat(decisions()).extracting(Decision::number).containsExactly(1L);

        members = 4;
        target.size = 4;
        evaluate(100);
        assertThat(view().outlook().orElseThrow().size()).isEqualTo(4);
        assertThat(target.orders).hasSize(1);
    }

    @Test
    void nodes_thatNeverCome_areOrderedAgainWhenPatienceIsOver() {
        target.remembers = false;
        evaluate(200);
        await().until(() -> target.orders.size() == 1);

        now = now.plus(Duration.ofMinutes(6));
        evaluate(200);

        await().until(() -> target.orders.size() == 2);
        assertThat(target.orders.getLast().to()).isEqualTo(4);
    }

    @Test
    void formerCoordinator_cannotAct() {
        foreign = 1;
        evaluate(200);

        await().until(() -> view().trouble().isPresent());
        assertThat(view().trouble().orElseThrow()).contains("SUPERSEDED");
        assertThat(target.orders).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void trouble_ofAnyKind_isShown_triedAgain_andDoesNotFlap(Kind kind) {
        target.trouble = Optional.of(kind);
        evaluate(200);
        await().until(() -> view().trouble().isPresent());
        assertThat(view().trouble().orElseThrow()).contains(kind + ": it says no");
        evaluate(200);
        evaluate(200);
        assertThat(decisions()).hasSize(1);

        target.trouble = Optional.empty();
        evaluate(200);

        await().until(() -> target.size == 4);
        await().until(() -> view().trouble().isEmpty());
        assertThat(decisions()).hasSize(1);
    }

    @Test
    void target_thatAcceptsAndDoesNotChange_isTold_withoutFlapping() {
        evaluate(200);
        await().until(() -> target.size == 4);

        now = now.plus(Duration.ofMinutes(6));
        evaluate(200);

        await().until(() -> view().trouble().isPresent());
        assertThat(view().trouble().orElseThrow()).contains("set to 4 nodes").contains("2 serve");
        assertThat(decisions()).hasSize(1);

        members = 4;
        evaluate(100);
        await().until(() -> view().trouble().isEmpty());
    }

    @Test
    void coordinator_thatHasHeardNobody_decidesNothing_untilItHasListenedFor6s() {
        evaluate(100);
        target.trouble = Optional.of(Kind.UNREACHABLE);
        evaluate(200);
        await().until(() -> view().trouble().isPresent());

        move();
        coordinator.tell(new Command.Tick());
        coordinator.tell(new Command.Tick());
        assertThat(view().outlook()).isEmpty();
        assertThat(decisions()).extracting(Decision::to).containsExactly(4);

        now = now.plusMillis(6_000);
        await().until(() -> {
            coordinator.tell(new Command.Tick());
            return view().outlook().isPresent();
        });
    }

    @Test
    void coordinator_thatHasHeardNobody_actsOnAnEmergencyAtOnce() {
        move();

        TestProbe<EmergencyReply> probe = KIT.createTestProbe(EmergencyReply.class);
        coordinator.tell(new Command.Urgent(
                probe.getRef(), new EmergencyCall.ScaleTo(7, false, "launch", now.plusSeconds(600))));

        await().until(() -> target.size == 7);
    }

    @Test
    void policy_isVersioned_andSurvivesAMove() {
        assertThat(put(ScalingPolicy.DEFAULT, new Precondition.Version(9)))
                .isEqualTo(new PolicyReply.PreconditionFailed());
        assertThat(put(ScalingPolicy.DEFAULT, new Precondition.Version(1))).isEqualTo(new PolicyReply.Put(2));

        move();

        assertThat(view().version()).isEqualTo(2);
        assertThat(view().policy()).isEqualTo(ScalingPolicy.DEFAULT);
    }

    @Test
    void emergency_actsAtOnce_isBounded_andIsTakenBack() {
        TestProbe<EmergencyReply> probe = KIT.createTestProbe(EmergencyReply.class);
        Instant until = now.plusSeconds(600);
        coordinator.tell(new Command.Urgent(probe.getRef(), new EmergencyCall.ScaleTo(50, false, "launch", until)));
        assertThat(probe.receiveMessage()).isEqualTo(new EmergencyReply.Ordered(10, until));
        await().until(() -> target.size == 10);

        move();
        coordinator.tell(new Command.Urgent(probe.getRef(), new EmergencyCall.Cancel("over")));
        assertThat(probe.receiveMessage()).isEqualTo(new EmergencyReply.Cancelled());
        coordinator.tell(new Command.Urgent(probe.getRef(), new EmergencyCall.Cancel("over")));
        assertThat(probe.receiveMessage()).isEqualTo(new EmergencyReply.NoEmergency());
        coordinator.tell(
                new Command.Urgent(probe.getRef(), new EmergencyCall.ScaleTo(5, false, "late", now.minusSeconds(1))));
        assertThat(probe.receiveMessage()).isInstanceOf(EmergencyReply.Refused.class);
    }
}
