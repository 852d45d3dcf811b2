package io.bulwark.node.scaling;

import akka.actor.typed.javadsl.ActorContext;
import io.bulwark.cluster.ClusterView.Member;
import io.bulwark.node.scaling.ScaleTarget.Order;
import io.bulwark.node.scaling.ScaleTarget.Size;
import io.bulwark.node.scaling.ScalingCoordinator.Answer;
import io.bulwark.node.scaling.ScalingCoordinator.Command;
import io.bulwark.node.scaling.TargetTrouble.Kind;
import io.bulwark.scaling.Observed;
import io.bulwark.scaling.Outlook;
import io.bulwark.scaling.Pacing.Change;
import io.bulwark.scaling.ScalingState;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The coordinator's dealings with its target: one question or order at a time, on a virtual thread, and its troubles. */
final class TargetDesk {
    private static final Logger LOG = LoggerFactory.getLogger(TargetDesk.class);
    /** A target ends by itself before that; this is for one that does not keep its word. */
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

    private static final String STUCK = "The target was set to ";

    private static final Executor THREADS =
            task -> Thread.ofVirtual().name("scale-target").start(task);

    private final ActorContext<Command> context;
    private final ScalingMeans means;
    private final AtomicLong written = new AtomicLong();
    private boolean asking;
    private Instant notBefore = Instant.MIN;
    private Optional<String> trouble = Optional.empty();

    TargetDesk(ActorContext<Command> context, ScalingMeans means) {
        this.context = context;
        this.means = means;
    }

    /** What a target does. */
    private interface Work<T> {
        T done() throws TargetTrouble, InterruptedException;
    }

    /** How far the journal is; an order is carried out only while it is there still. */
    void written(long sequence) {
        written.set(sequence);
    }

    /** Asks for the size, unless a question is open. The answer begins an evaluation. */
    void askSize() {
        if (!asking && !means.clock().instant().isBefore(notBefore)) {
            asking = true;
            ask(means.target()::size, Command.Sized::new);
        }
    }

    /** Gives an order that was journalled. */
    void give(Order order) {
        asking = true;
        ask(
                () -> {
                    means.target().scale(order);
                    return true;
                },
                answer -> new Command.Scaled(order, answer));
    }

    private <T> void ask(Work<T> work, java.util.function.Function<Answer<T>, Command> message) {
        CompletionStage<Answer<T>> stage = CompletableFuture.supplyAsync(() -> answer(work), THREADS)
                .orTimeout(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        BiFunction<Answer<T>, Throwable, Answer<T>> settled = (answer, failure) -> failure == null
                ? answer
                : new Answer.Failed<>(
                        new TargetTrouble(Kind.UNREACHABLE, "The target did not answer within " + ANSWER_WITHIN));
        context.pipeToSelf(stage.handle(settled), (answer, _) -> message.apply(answer));
    }

    private static <T> Answer<T> answer(Work<T> work) {
        try {
            return new Answer.Fine<>(work.done());
        } catch (TargetTrouble e) {
            return new Answer.Failed<>(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Failed<>(new TargetTrouble(Kind.FAILED, "It was interrupted"));
        } catch (RuntimeException e) {
            LOG.warn("scaling: the target failed in a way that it should not", e);
            return new Answer.Failed<>(new TargetTrouble(Kind.FAILED, "It failed: " + e));
        }
    }

    /** The answer is there. */
    void answered() {
        asking = false;
    }

    /**
     * How large the cluster is taken to be: what the target is set to. Where it does not remember that, what was ordered
     * last, for as long as new nodes may take.
     */
    int believed(ScalingState state, Size said, Instant now) {
        if (means.target().remembers() || state.pacing().changes().isEmpty() || state.size() != state.desired()) {
            return Math.max(1, said.nodes());
        }
        Change last = state.pacing().changes().getLast();
        boolean open =
                last.by() != 0 && last.at().plus(means.target().patience()).isAfter(now);
        int nodes = !open
                ? said.nodes()
                : last.by() > 0 ? Math.max(state.size(), said.nodes()) : Math.min(state.size(), said.nodes());
        return Math.max(1, nodes);
    }

    /** What is to be done about an outlook; empty when nothing is. */
    Optional<Order> order(ScalingState decided, Size seen, Outlook outlook) {
        boolean acts = decided.emergency().isPresent() || !decided.policy().dryRun();
        if (!acts || outlook.desired() == outlook.size()) {
            return Optional.empty();
        }
        Optional<Member> leaver = outlook.desired() < outlook.size()
                ? Staying.leaver(means.members().view(), _ -> true)
                : Optional.empty();
        leaver.filter(_ -> means.target().remembers())
                .ifPresent(member -> LOG.info("scaling: {}", Staying.why(member)));
        return Optional.of(new Order(seen, outlook.desired(), leaver.map(Member::address), this::stillLeads));
    }

    private boolean stillLeads() {
        try {
            return means.journal().sequence() == written.get();
        } catch (SQLException e) {
            LOG.warn("scaling: the database cannot say whether this is the coordinator still: {}", e.getMessage());
            return false;
        }
    }

    void carriedOut(Order order) {
        LOG.info("scaling: target '{}' is set to {} nodes", means.target().name(), order.to());
        atRest();
    }

    /** Nothing is to be done, or it was done. */
    void atRest() {
        if (trouble.isPresent() && !trouble.get().startsWith(STUCK)) {
            LOG.info("scaling: the target does what it is asked again");
            trouble = Optional.empty();
        }
    }

    void failed(TargetTrouble failure) {
        notBefore = failure.retryAfter()
                .map(after -> means.clock().instant().plus(after))
                .orElse(Instant.MIN);
        note(Optional.of(failure.sentence()));
    }

    /** Whether nodes that were ordered long ago are not there. */
    void looked(ScalingState state, Observed seen, Instant now) {
        long serving = seen.nodes().stream().filter(Observed.Node::serving).count();
        Optional<Instant> since = state.pacing().changes().isEmpty()
                ? Optional.empty()
                : Optional.of(state.pacing().changes().getLast()).map(Change::at);
        boolean stuck = serving < seen.size()
                && since.filter(at -> at.plus(means.target().patience()).isBefore(now))
                        .isPresent();
        if (stuck) {
            note(Optional.of(STUCK + seen.size() + " nodes at " + since.get() + ", and " + serving
                    + " serve: look why the others do not start or join"));
        } else if (trouble.filter(it -> it.startsWith(STUCK)).isPresent()) {
            note(Optional.empty());
        }
    }

    private void note(Optional<String> now) {
        if (!now.equals(trouble)) {
            now.ifPresentOrElse(
                    sentence -> LOG.warn("scaling: {}", sentence),
                    () -> LOG.info("scaling: the nodes that were ordered serve"));
        }
        trouble = now;
    }

    /** What is wrong, if anything is. */
    Optional<String> trouble() {
        return trouble;
    }
}
