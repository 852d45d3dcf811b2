package io.bulwark.node.backup;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.RecoveryCompleted;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.persistence.typed.javadsl.RetentionCriteria;
import akka.persistence.typed.javadsl.SignalHandler;
import io.bulwark.backup.BackupEvent;
import io.bulwark.backup.BackupKind;
import io.bulwark.backup.BackupPlanner;
import io.bulwark.backup.BackupPlanner.Asked;
import io.bulwark.backup.BackupPlanner.Order;
import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupState;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.BackupView;
import io.bulwark.backup.Backups.CancelReply;
import io.bulwark.backup.Backups.PolicyReply;
import io.bulwark.backup.Backups.RunReply;
import io.bulwark.backup.RunOutcome;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.LocalOnly;
import io.bulwark.wire.Precondition;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The actor around the {@link BackupPlanner}: a cluster singleton that journals which runs there are, gives each to a node,
 * hears how far it is, and has the archiver of the log run beside it. It holds no rule of its own.
 *
 * <p>A run goes on while the coordinator moves to another node: the next one hears of it. A former coordinator that was
 * paused can give nothing away, because an order follows an event in the journal, whose sequence numbers are taken by then;
 * and each run holds a lock of the database besides.
 */
public final class BackupCoordinator extends EventSourcedBehavior<BackupCoordinator.Command, BackupEvent, BackupState> {
    /** In the journal. */
    public static final String PERSISTENCE_ID = "backup";

    private static final Logger LOG = LoggerFactory.getLogger(BackupCoordinator.class);

    private final ActorContext<Command> context;
    private final BackupMeans means;
    private final Workers workers = new Workers();
    private Instant from = Instant.MIN;
    private List<String> alarms = List.of();

    /** What it is told and asked. */
    sealed interface Command extends CborMessage {
        /**
         * A node says that it is there.
         *
         * @param load of its processors, 0 to 1
         * @param far what it works on, or what came of which it has not been told yet that it is known
         */
        record Heard(MemberAddress member, double load, ActorRef<BackupWorker.Command> worker, Optional<Far> far)
                implements Command {}

        /** A node says what came of an attempt; it says so until it is told that this is known. */
        record Ended(long number, int attempt, RunOutcome outcome, ActorRef<BackupWorker.Command> worker)
                implements Command {}

        /** All that is shown. */
        record Show(ActorRef<BackupView> replyTo) implements Command {}

        /** Puts the policy. */
        record Put(ActorRef<PolicyReply> replyTo, BackupPolicy policy, Precondition precondition) implements Command {}

        /** Asks for something to be done. */
        record Ask(ActorRef<RunReply> replyTo, BackupTask task, String cause) implements Command {}

        /** Takes a run back. */
        record Cancel(ActorRef<Cancelled> replyTo, long number, String reason) implements Command {}

        /** Runs, the latest first. */
        record Browse(ActorRef<Browsed> replyTo, long before, int most) implements Command {}

        /** It is time to look. */
        record Tick() implements Command, LocalOnly {}

        /** The archiver found that log is missing: what it goes on with needs a full backup. */
        record GapFound(String sentence) implements Command, LocalOnly {}

        /** The server keeps nothing for an archiver any more, as the policy of this version wants it. */
        record ArchiveTakenAway(long version) implements Command, LocalOnly {}
    }

    /** How far a run is. */
    record Far(long number, int attempt, long bytesDone, long bytesTotal) {}

    /** What came of taking a run back. */
    record Cancelled(CancelReply reply) implements CborMessage {}

    /** A part of the runs. */
    record Browsed(List<BackupRun> runs) implements CborMessage {}

    static Behavior<Command> create(BackupMeans means) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Command.Tick(), means.lookEvery());
            return new BackupCoordinator(context, means);
        }));
    }

    private BackupCoordinator(ActorContext<Command> context, BackupMeans means) {
        super(
                PersistenceId.ofUniqueId(PERSISTENCE_ID),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(3), 0.1));
        this.context = context;
        this.means = means;
    }

    @Override
    public BackupState emptyState() {
        return BackupState.EMPTY;
    }

    @Override
    public EventHandler<BackupState, BackupEvent> eventHandler() {
        return BackupState::apply;
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(200, 2);
    }

    @Override
    public SignalHandler<BackupState> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), state -> {
                    LOG.info("backup: this node is the coordinator, policy version {}", state.version());
                    from = now();
                    archive(state);
                    state.running().ifPresent(run -> workers.expect(run.number(), now()));
                    publish(state);
                })
                .onSignal(PostStop.instance(), _ -> means.archiver().leave())
                .build();
    }

    /** Where nothing was ever archived, the server is left as it is: somebody else's archiver may be there. */
    private void archive(BackupState state) {
        if (state.archiveAtServer()) {
            means.archiver().lead(state.policy().archive(), told(context.getSelf(), state.version()));
        }
    }

    private static BackupMeans.Told told(ActorRef<Command> self, long version) {
        return new BackupMeans.Told() {
            @Override
            public void gap(String sentence) {
                self.tell(new Command.GapFound(sentence));
            }

            @Override
            public void takenAway() {
                self.tell(new Command.ArchiveTakenAway(version));
            }
        };
    }

    @Override
    public CommandHandler<Command, BackupEvent, BackupState> commandHandler() {
        return (state, command) -> switch (command) {
            case Command.Heard heard -> heard(state, heard);
            case Command.Ended ended -> ended(state, ended);
            case Command.Show(ActorRef<BackupView> replyTo) -> done(() -> replyTo.tell(view(state)));
            case Command.Put put -> put(state, put);
            case Command.Ask ask -> asked(state, ask);
            case Command.Cancel cancel -> cancelled(state, cancel);
            case Command.Browse browse -> done(() -> browse.replyTo().tell(browsed(state, browse)));
            case Command.Tick() -> look(state);
            case Command.GapFound(String sentence) -> gapFound(state, sentence);
            case Command.ArchiveTakenAway(long version) -> takenAway(state, version);
        };
    }

    private Effect<BackupEvent, BackupState> done(Runnable work) {
        work.run();
        return Effect().none();
    }

    /** One that works on what it should not is stopped; one that does not know of its run has lost it. */
    private Effect<BackupEvent, BackupState> heard(BackupState state, Command.Heard heard) {
        workers.heard(heard, now());
        heard.far()
                .filter(far -> !isCurrent(state, far.number(), far.attempt()))
                .ifPresent(far -> heard.worker().tell(new BackupWorker.Command.Stop(far.number(), far.attempt())));
        return workers.forgotten(state, heard, now())
                .map(run -> journal(
                        BackupPlanner.ended(
                                        state,
                                        run.number(),
                                        run.attempt(),
                                        new RunOutcome.Broke(
                                                "The node " + heard.member() + " was started anew in the meantime",
                                                true),
                                        now())
                                .events(),
                        after -> after.run(run.number()).ifPresent(BackupCoordinator::log)))
                .orElseGet(() -> Effect().none());
    }

    private static boolean isCurrent(BackupState state, long number, int attempt) {
        return state.running()
                .filter(run -> run.number() == number && run.attempt() == attempt)
                .isPresent();
    }

    private Effect<BackupEvent, BackupState> ended(BackupState state, Command.Ended ended) {
        Step<BackupEvent, Boolean> step =
                BackupPlanner.ended(state, ended.number(), ended.attempt(), ended.outcome(), now());
        return journal(step.events(), after -> {
            ended.worker().tell(new BackupWorker.Command.Known(ended.number(), ended.attempt()));
            after.run(ended.number()).filter(_ -> step.verdict()).ifPresent(BackupCoordinator::log);
            context.getSelf().tell(new Command.Tick());
        });
    }

    private static void log(BackupRun run) {
        switch (run.state()) {
            case DONE ->
                LOG.info(
                        "backup: run {} is done: {}", run.number(), run.result().orElse(""));
            case WAITING ->
                LOG.warn(
                        "backup: run {} failed in attempt {}, and is tried again after {}: {}",
                        run.number(),
                        run.attempt(),
                        run.notBefore().map(Instant::toString).orElse("now"),
                        run.problem().orElse(""));
            case FAILED ->
                LOG.error(
                        "backup: run {} failed: {}", run.number(), run.problem().orElse(""));
            case RUNNING, CANCELLED -> LOG.info("backup: run {} is {}", run.number(), run.state());
        }
    }

    private Effect<BackupEvent, BackupState> look(BackupState state) {
        Instant now = now();
        Step<BackupEvent, Optional<Order>> step = BackupPlanner.look(state, workers.seen(state, now), now);
        return journal(step.events(), after -> {
            step.events().forEach(event -> logLook(after, event));
            step.verdict().ifPresent(order -> give(after, order));
        });
    }

    private void logLook(BackupState after, BackupEvent event) {
        switch (event) {
            case BackupEvent.Queued(long number, BackupTask task, String cause, Instant _) ->
                LOG.info("backup: run {} for {}: {}", number, cause, task);
            case BackupEvent.Failed failed -> after.run(failed.number()).ifPresent(BackupCoordinator::log);
            case BackupEvent.Started(long number, int attempt, MemberAddress node, Instant _) ->
                LOG.info("backup: run {}, attempt {} is given to {}", number, attempt, node);
            case BackupEvent.PolicyPut _,
                    BackupEvent.Fired _,
                    BackupEvent.Done _,
                    BackupEvent.Cancelled _,
                    BackupEvent.Drilled _,
                    BackupEvent.ArchiveTakenAway _ -> {}
        }
    }

    private void give(BackupState state, Order order) {
        workers.expect(order.number(), now());
        workers.of(order.node())
                .ifPresent(worker -> worker.tell(
                        new BackupWorker.Command.Work(order.number(), order.attempt(), order.task(), state.policy())));
    }

    private Effect<BackupEvent, BackupState> put(BackupState state, Command.Put put) {
        if (!put.precondition().holds(true, state.version())) {
            return done(() -> put.replyTo().tell(new PolicyReply.PreconditionFailed()));
        }
        long version = state.version() + 1;
        return journal(List.of(new BackupEvent.PolicyPut(version, put.policy(), now())), after -> {
            LOG.info("backup: policy version {} is in force", version);
            archive(after);
            put.replyTo().tell(new PolicyReply.Put(version));
        });
    }

    private Effect<BackupEvent, BackupState> asked(BackupState state, Command.Ask ask) {
        Step<BackupEvent, Asked> step = BackupPlanner.ask(state, ask.task(), ask.cause(), now());
        return journal(step.events(), after -> {
            ask.replyTo()
                    .tell(
                            switch (step.verdict()) {
                                case Asked.Accepted(long number) ->
                                    new RunReply.Accepted(after.run(number).orElseThrow());
                                case Asked.Full(int waiting) -> new RunReply.Full(waiting);
                            });
            context.getSelf().tell(new Command.Tick());
        });
    }

    private Effect<BackupEvent, BackupState> cancelled(BackupState state, Command.Cancel cancel) {
        Optional<BackupRun> run = state.run(cancel.number());
        Step<BackupEvent, Boolean> step = BackupPlanner.cancel(state, cancel.number(), cancel.reason(), now());
        return journal(step.events(), after -> {
            if (step.verdict()) {
                LOG.info("backup: run {} is cancelled: {}", cancel.number(), cancel.reason());
                run.flatMap(BackupRun::node)
                        .flatMap(workers::of)
                        .ifPresent(worker -> worker.tell(new BackupWorker.Command.Stop(
                                cancel.number(), run.map(BackupRun::attempt).orElse(0))));
            }
            cancel.replyTo()
                    .tell(new Cancelled(
                            step.verdict()
                                    ? CancelReply.CANCELLED
                                    : run.isPresent() ? CancelReply.OVER : CancelReply.UNKNOWN));
        });
    }

    private Effect<BackupEvent, BackupState> gapFound(BackupState state, String sentence) {
        LOG.error("backup: {}; a full backup follows", sentence);
        return journal(
                BackupPlanner.ask(
                                state,
                                new BackupTask.Take(BackupKind.FULL, "after a gap in the log", Map.of()),
                                "the archiver: " + sentence,
                                now())
                        .events(),
                _ -> context.getSelf().tell(new Command.Tick()));
    }

    /** Another policy may archive again by now. */
    private Effect<BackupEvent, BackupState> takenAway(BackupState state, long version) {
        return version == state.version()
                ? Effect().persist(new BackupEvent.ArchiveTakenAway(version, now()))
                : Effect().none();
    }

    private static Browsed browsed(BackupState state, Command.Browse browse) {
        return new Browsed(state.runs().stream()
                .filter(run -> run.number() < browse.before())
                .sorted(Comparator.comparingLong(BackupRun::number).reversed())
                .limit(browse.most())
                .toList());
    }

    private Effect<BackupEvent, BackupState> journal(
            List<BackupEvent> events, akka.japi.function.Procedure<BackupState> then) {
        return Effect().persist(events).thenRun(after -> {
            then.apply(after);
            publish(after);
        });
    }

    private void publish(BackupState state) {
        BackupView view = view(state);
        logAlarms(view.freshness().alarms());
        means.publish().accept(view);
    }

    private void logAlarms(List<String> now) {
        now.stream().filter(alarm -> !alarms.contains(alarm)).forEach(alarm -> LOG.warn("backup: alarm: {}", alarm));
        if (now.isEmpty() && !alarms.isEmpty()) {
            LOG.info("backup: there is nothing to be alarmed about any more");
        }
        alarms = now;
    }

    private BackupView view(BackupState state) {
        return ShownBackups.view(
                means.self(),
                lastSequenceNumber(context),
                from,
                now(),
                state,
                workers.progress(state),
                means.archiver().view(state.lastBackup()));
    }

    private Instant now() {
        return means.clock().instant();
    }
}
