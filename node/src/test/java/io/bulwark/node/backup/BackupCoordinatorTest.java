package io.bulwark.node.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.testkit.PersistenceTestKitPlugin;
import akka.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import akka.persistence.testkit.javadsl.PersistenceTestKit;
import com.typesafe.config.ConfigFactory;
import io.bulwark.backup.ArchiveMode;
import io.bulwark.backup.ArchiveView;
import io.bulwark.backup.BackupKind;
import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.BackupView;
import io.bulwark.backup.Backups.CancelReply;
import io.bulwark.backup.Backups.PolicyReply;
import io.bulwark.backup.Backups.RunReply;
import io.bulwark.backup.Objectives;
import io.bulwark.backup.Retention;
import io.bulwark.backup.RunOutcome;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.backup.BackupCoordinator.Cancelled;
import io.bulwark.node.backup.BackupCoordinator.Command;
import io.bulwark.node.backup.BackupWorker.Performance;
import io.bulwark.persistence.backup.Progress;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The actors around the planner: what is durable, who works, and what another coordinator takes over. */
class BackupCoordinatorTest {
    private static final ActorTestKit KIT = ActorTestKit.create(
            "backup",
            PersistenceTestKitPlugin.getInstance()
                    .config()
                    .withFallback(PersistenceTestKitSnapshotPlugin.config())
                    .withFallback(ConfigFactory.parseString("akka.actor.serialization-bindings {"
                            + " \"io.bulwark.wire.CborMessage\" = jackson-cbor }"))
                    .withFallback(ConfigFactory.load()));
    private static final PersistenceTestKit JOURNAL = PersistenceTestKit.create(KIT.system());
    private static final BackupTask FULL = new BackupTask.Take(BackupKind.FULL, "the case", Map.of());

    private volatile Instant now = Instant.parse("2026-11-27T00:00:00Z");
    private final CaseArchive archive = new CaseArchive();
    private final Queue<ActorRef<BackupWorker.Command>> workers = new ConcurrentLinkedQueue<>();
    private ActorRef<Command> coordinator = KIT.system().ignoreRef();

    private static final class CaseArchive implements BackupMeans.Archive {
        final List<ArchiveMode> led = new CopyOnWriteArrayList<>();
        volatile boolean left;
        volatile Optional<BackupMeans.Told> told = Optional.empty();

        @Override
        public void lead(ArchiveMode mode, BackupMeans.Told whom) {
            led.add(mode);
            told = Optional.of(whom);
            left = false;
        }

        @Override
        public void leave() {
            left = true;
        }

        @Override
        public ArchiveView view(Optional<Instant> lastBackup) {
            return ArchiveView.OFF;
        }
    }

    /** Works until it is told how to end; what it works on can be seen. */
    private static final class CaseWork implements Performance {
        final Queue<BackupTask> begun = new ConcurrentLinkedQueue<>();
        final Queue<BackupTask> stopped = new ConcurrentLinkedQueue<>();
        volatile CountDownLatch goOn = new CountDownLatch(1);
        volatile RunOutcome outcome = new RunOutcome.Succeeded("20261127T000000Z-full", Optional.empty());

        @Override
        public RunOutcome perform(BackupTask task, BackupPolicy policy, Progress progress) throws InterruptedException {
            begun.add(task);
            progress.moved(10, 40);
            try {
                goOn.await();
            } catch (InterruptedException e) {
                stopped.add(task);
                throw e;
            }
            return outcome;
        }
    }

    @BeforeEach
    void startEmpty() {
        JOURNAL.clearAll();
        start();
        assertThat(put(archived(ArchiveMode.ASYNCHRONOUS), new Precondition.None()))
                .isInstanceOf(PolicyReply.Put.class);
    }

    @AfterEach
    void end() {
        workers.forEach(KIT::stop);
        KIT.stop(coordinator);
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private void start() {
        coordinator = KIT.spawn(BackupCoordinator.create(new BackupMeans(
                new MemberAddress("127.0.0.1", 25_520), archive, Duration.ofMillis(20), () -> now, _ -> {})));
        view();
    }

    /** As if it had moved to another node: nothing but the journal is left, and nodes find it by the same way. */
    private void move() {
        KIT.stop(coordinator);
        start();
    }

    private ActorRef<BackupWorker.Command> worker(int node, CaseWork work) {
        // By way of the field: a worker sends to wherever the coordinator is.
        ActorRef<Command> way = KIT.spawn(Behaviors.receiveMessage((Command command) -> {
            coordinator.tell(command);
            return Behaviors.same();
        }));
        ActorRef<BackupWorker.Command> worker = KIT.spawn(
                BackupWorker.create(new MemberAddress("127.0.0." + node, 25_520), () -> node / 10.0, work, way));
        workers.add(worker);
        return worker;
    }

    private BackupView view() {
        TestProbe<BackupView> probe = KIT.createTestProbe(BackupView.class);
        coordinator.tell(new Command.Show(probe.getRef()));
        return probe.receiveMessage();
    }

    private BackupRun run(long number) {
        return view().runs().stream()
                .filter(run -> run.number() == number)
                .findFirst()
                .orElseThrow();
    }

    private PolicyReply put(BackupPolicy policy, Precondition precondition) {
        TestProbe<PolicyReply> probe = KIT.createTestProbe(PolicyReply.class);
        coordinator.tell(new Command.Put(probe.getRef(), policy, precondition));
        return probe.receiveMessage();
    }

    private long ask(BackupTask task) {
        TestProbe<RunReply> probe = KIT.createTestProbe(RunReply.class);
        coordinator.tell(new Command.Ask(probe.getRef(), task, "the case"));
        return ((RunReply.Accepted) probe.receiveMessage()).run().number();
    }

    private CancelReply cancel(long number) {
        TestProbe<Cancelled> probe = KIT.createTestProbe(Cancelled.class);
        coordinator.tell(new Command.Cancel(probe.getRef(), number, "a mistake"));
        return probe.receiveMessage().reply();
    }

    private void awaitState(long number, BackupRun.State state) {
        await().until(() -> run(number).state() == state);
    }

    @Test
    void aRun_isDoneByTheNodeWithTheMostSlack_andItsProgressIsSeen() {
        CaseWork one = new CaseWork();
        CaseWork two = new CaseWork();
        worker(2, two);
        worker(1, one);
        long number = ask(FULL);

        await().until(() -> one.begun.size() + two.begun.size() == 1);
        CaseWork chosen = one.begun.isEmpty() ? two : one;
        await().until(() -> view().progress().isPresent());
        assertThat(view().progress().orElseThrow().run()).isEqualTo(number);
        chosen.goOn.countDown();
        awaitState(number, BackupRun.State.DONE);
        assertThat(run(number).result()).hasValue("20261127T000000Z-full");
        assertThat(view().lastBackup()).hasValue(now);
    }

    @Test
    void aCoordinatorThatMovesInTheMiddle_hearsOfTheRun_andItIsDoneOnce() {
        CaseWork work = new CaseWork();
        worker(1, work);
        long number = ask(FULL);
        await().until(() -> work.begun.size() == 1);

        move();
        assertThat(run(number).state()).isEqualTo(BackupRun.State.RUNNING);
        work.goOn.countDown();
        awaitState(number, BackupRun.State.DONE);
        assertThat(work.begun).hasSize(1);
    }

    @Test
    void whatEndsWhileThereIsNoCoordinator_isToldToTheNext() {
        CaseWork work = new CaseWork();
        worker(1, work);
        long number = ask(FULL);
        await().until(() -> work.begun.size() == 1);
        KIT.stop(coordinator);
        work.goOn.countDown();

        start();
        awaitState(number, BackupRun.State.DONE);
        assertThat(work.begun).hasSize(1);
    }

    @Test
    void aNodeThatDies_losesItsRun_whichAnotherDoes() {
        CaseWork lost = new CaseWork();
        ActorRef<BackupWorker.Command> first = worker(1, lost);
        long number = ask(FULL);
        await().until(() -> lost.begun.size() == 1);
        KIT.stop(first);
        CaseWork work = new CaseWork();
        worker(2, work);

        now = now.plus(Duration.ofSeconds(31));
        await().until(() ->
                run(number).state() == BackupRun.State.WAITING || run(number).attempt() == 2);
        now = now.plus(Duration.ofSeconds(10));
        await().until(() -> work.begun.size() == 1);
        work.goOn.countDown();
        awaitState(number, BackupRun.State.DONE);
        assertThat(run(number).attempt()).isEqualTo(2);
        assertThat(lost.stopped).hasSize(1);
    }

    @Test
    void aNodeThatWasStartedAnew_andForgot_isNoticedAtOnce() {
        CaseWork lost = new CaseWork();
        ActorRef<BackupWorker.Command> first = worker(1, lost);
        long number = ask(FULL);
        await().until(() -> lost.begun.size() == 1);
        KIT.stop(first);
        now = now.plus(Duration.ofSeconds(7));
        CaseWork work = new CaseWork();
        worker(1, work);

        await().until(() -> run(number).state() == BackupRun.State.WAITING);
        assertThat(run(number).problem().orElseThrow()).contains("started anew");
    }

    @Test
    void aRunThatIsTakenBack_isBrokenOff() {
        CaseWork work = new CaseWork();
        worker(1, work);
        long number = ask(FULL);
        await().until(() -> work.begun.size() == 1);

        assertThat(cancel(number)).isEqualTo(CancelReply.CANCELLED);
        await().until(() -> work.stopped.size() == 1);
        assertThat(run(number).state()).isEqualTo(BackupRun.State.CANCELLED);
        assertThat(cancel(number)).isEqualTo(CancelReply.OVER);
        assertThat(cancel(99)).isEqualTo(CancelReply.UNKNOWN);
    }

    @Test
    void aNodeThatWorksOnAnAttemptThatWasGivenUp_isStopped() {
        CaseWork work = new CaseWork();
        ActorRef<BackupWorker.Command> worker = worker(1, work);
        worker.tell(new BackupWorker.Command.Work(77, 1, FULL, BackupPolicy.DEFAULT));

        await().until(() -> work.stopped.size() == 1);
    }

    @Test
    void theArchive_isLedAsThePolicySays_andLeftWithTheCoordinator() {
        assertThat(archive.led).containsExactly(ArchiveMode.ASYNCHRONOUS, ArchiveMode.ASYNCHRONOUS);
        put(archived(ArchiveMode.SYNCHRONOUS), new Precondition.None());
        assertThat(archive.led.getLast()).isEqualTo(ArchiveMode.SYNCHRONOUS);

        KIT.stop(coordinator);
        await().until(() -> archive.left);
        start();
        assertThat(archive.led.getLast()).as("by the journal").isEqualTo(ArchiveMode.SYNCHRONOUS);
    }

    @Test
    void whatTheServerKeepsForTheArchiver_isTakenAwayByTheNextCoordinator_whenTheOneThatWasToldDied() {
        put(archived(ArchiveMode.OFF), new Precondition.None());
        KIT.stop(coordinator);
        await().until(() -> archive.left);
        start();
        assertThat(archive.led.getLast()).isEqualTo(ArchiveMode.OFF);
        int times = archive.led.size();

        archive.told.orElseThrow().takenAway();
        assertThat(view().version()).as("after it was journalled").isEqualTo(2);
        move();
        assertThat(archive.led).as("nothing is left to take away").hasSize(times);
    }

    @Test
    void anArchiveThatIsTakenAwayTooLate_afterANewPolicyArchives_staysKnown() {
        put(archived(ArchiveMode.OFF), new Precondition.None());
        BackupMeans.Told late = archive.told.orElseThrow();
        put(archived(ArchiveMode.SYNCHRONOUS), new Precondition.None());
        put(archived(ArchiveMode.OFF), new Precondition.None());
        late.takenAway();
        assertThat(view().version()).as("after it was looked at").isEqualTo(4);
        move();
        assertThat(archive.led.getLast()).isEqualTo(ArchiveMode.OFF);
    }

    private static BackupPolicy archived(ArchiveMode mode) {
        return new BackupPolicy(List.of(), Retention.DEFAULT, Objectives.DEFAULT, mode, 0, true);
    }

    @Test
    void aGapInTheLog_isFollowedByAFullBackup() {
        archive.told.orElseThrow().gap("the server has dropped log");

        await().until(() -> !view().runs().isEmpty());
        assertThat(view().runs().getFirst().task())
                .isEqualTo(new BackupTask.Take(BackupKind.FULL, "after a gap in the log", Map.of()));
    }

    @Test
    void aPolicy_isPutOnlyOverTheVersionThatIsMeant() {
        long version = view().version();
        assertThat(put(BackupPolicy.DEFAULT, new Precondition.Version(version + 1)))
                .isInstanceOf(PolicyReply.PreconditionFailed.class);
        assertThat(put(BackupPolicy.DEFAULT, new Precondition.Version(version)))
                .isEqualTo(new PolicyReply.Put(version + 1));
        move();
        assertThat(view().policy()).isEqualTo(BackupPolicy.DEFAULT);
    }
}
