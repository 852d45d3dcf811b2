package io.bulwark.node.backup;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.RunOutcome;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.persistence.backup.Progress;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.LocalOnly;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does runs on this node, one at a time, each on a thread of its own, and tells the coordinator every {@link #EVERY} how far
 * it is; what came of a run is told until the coordinator has said that it knows. Soft: a node that dies takes its run with
 * it, and the coordinator gives it to another.
 */
final class BackupWorker extends AbstractBehavior<BackupWorker.Command> {
    static final Duration EVERY = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(BackupWorker.class);

    private final MemberAddress self;
    private final DoubleSupplier load;
    private final Performance performance;
    private final ActorRef<BackupCoordinator.Command> coordinator;
    private Optional<Working> working = Optional.empty();
    private Optional<Command.Finished> unknown = Optional.empty();

    /** Does what a run asks for; blocks. */
    interface Performance {
        /**
         * @param progress bytes, told as often as is convenient
         * @throws InterruptedException when the thread was interrupted
         */
        RunOutcome perform(BackupTask task, BackupPolicy policy, Progress progress) throws InterruptedException;
    }

    /** What it is told. */
    sealed interface Command extends CborMessage {
        /** Do this. */
        record Work(long number, int attempt, BackupTask task, BackupPolicy policy) implements Command {}

        /** Leave this. */
        record Stop(long number, int attempt) implements Command {}

        /** The coordinator knows what came of it. */
        record Known(long number, int attempt) implements Command {}

        /** It is time to say how far it is. */
        record Tick() implements Command, LocalOnly {}

        /** The thread is done. */
        record Finished(long number, int attempt, RunOutcome outcome) implements Command, LocalOnly {}
    }

    /** What is worked on, and how far it is. */
    private record Working(long number, int attempt, Thread thread, AtomicReference<BytesMoved> moved) {}

    private record BytesMoved(long done, long total) {}

    /** @param load of the processors here, 0 to 1 */
    static Behavior<Command> create(
            MemberAddress self,
            DoubleSupplier load,
            Performance performance,
            ActorRef<BackupCoordinator.Command> coordinator) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Command.Tick(), Duration.ZERO, EVERY);
            return new BackupWorker(context, self, load, performance, coordinator);
        }));
    }

    private BackupWorker(
            ActorContext<Command> context,
            MemberAddress self,
            DoubleSupplier load,
            Performance performance,
            ActorRef<BackupCoordinator.Command> coordinator) {
        super(context);
        this.self = self;
        this.load = load;
        this.performance = performance;
        this.coordinator = coordinator;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::received)
                .onSignal(PostStop.class, _ -> {
                    working.ifPresent(it -> it.thread().interrupt());
                    return this;
                })
                .build();
    }

    private Behavior<Command> received(Command command) {
        switch (command) {
            case Command.Work work -> begin(work);
            case Command.Stop(long number, int attempt) -> stop(number, attempt);
            case Command.Known(long number, int attempt) ->
                unknown = unknown.filter(told -> told.number() != number || told.attempt() != attempt);
            case Command.Tick() -> report();
            case Command.Finished finished -> finished(finished);
        }
        return this;
    }

    /** The same order may come twice. */
    private void begin(Command.Work work) {
        boolean busy = working.isPresent()
                || unknown.filter(told -> told.number() == work.number() && told.attempt() == work.attempt())
                        .isPresent();
        if (busy) {
            report();
            return;
        }
        AtomicReference<BytesMoved> moved = new AtomicReference<>(new BytesMoved(0, 0));
        ActorRef<Command> me = getContext().getSelf();
        LOG.info("backup: run {}, attempt {}: {}", work.number(), work.attempt(), work.task());
        Thread thread = Thread.ofVirtual()
                .name("bulwark-backup-run-" + work.number())
                .start(() -> me.tell(new Command.Finished(work.number(), work.attempt(), outcome(work, moved))));
        working = Optional.of(new Working(work.number(), work.attempt(), thread, moved));
        report();
    }

    private RunOutcome outcome(Command.Work work, AtomicReference<BytesMoved> moved) {
        try {
            return performance.perform(
                    work.task(), work.policy(), (done, total) -> moved.set(new BytesMoved(done, total)));
        } catch (InterruptedException stopped) {
            return new RunOutcome.Broke("It was stopped", true);
        } catch (RuntimeException fault) {
            LOG.error("backup: run {} ended with a fault", work.number(), fault);
            return new RunOutcome.Broke("A fault of the program: " + fault, true);
        }
    }

    private void stop(long number, int attempt) {
        working.filter(it -> it.number() == number && it.attempt() == attempt).ifPresent(it -> {
            LOG.info("backup: run {}, attempt {} is stopped", number, attempt);
            it.thread().interrupt();
        });
    }

    private void finished(Command.Finished finished) {
        working = Optional.empty();
        unknown = Optional.of(finished);
        switch (finished.outcome()) {
            case RunOutcome.Succeeded(String result, var _) ->
                LOG.info("backup: run {} is done: {}", finished.number(), result);
            case RunOutcome.Broke(String problem, boolean _, var _) ->
                LOG.warn("backup: run {}, attempt {} failed: {}", finished.number(), finished.attempt(), problem);
        }
        report();
    }

    private void report() {
        ActorRef<Command> me = getContext().getSelf();
        unknown.ifPresent(told -> coordinator.tell(
                new BackupCoordinator.Command.Ended(told.number(), told.attempt(), told.outcome(), me)));
        Optional<BackupCoordinator.Far> far = working.map(BackupWorker::far)
                .or(() -> unknown.map(told -> new BackupCoordinator.Far(told.number(), told.attempt(), 0, 0)));
        coordinator.tell(new BackupCoordinator.Command.Heard(self, load.getAsDouble(), me, far));
    }

    private static BackupCoordinator.Far far(Working working) {
        BytesMoved moved = working.moved().get();
        return new BackupCoordinator.Far(working.number(), working.attempt(), moved.done(), moved.total());
    }
}
