package io.bulwark.node.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.ActorRef;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.Guards;
import io.bulwark.guard.PolicyReply;
import io.bulwark.node.restore.GuardQuarantine.GuardAway;
import io.bulwark.node.restore.GuardQuarantine.Quarantined;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is said to a guard whose answers are lost, or that is somebody who stands in for it. */
class GuardQuarantineTest {
    private static final Name ACME = new Name("acme");
    private static final TenantPolicy QUARANTINED = TenantPolicy.DEFAULT.with(TenantStatus.QUARANTINED);

    private final Script guard = new Script();
    private final GuardQuarantine quarantine = new GuardQuarantine(guard, ACME, Duration.ofSeconds(20));

    /** Answers in the order in which they stand there; an empty one is lost, and so is every one after the last. */
    private static final class Script implements Guards {
        private final Deque<Optional<PolicyReply>> answers = new ArrayDeque<>();
        private final List<GuardCommand> asked = new ArrayList<>();
        private final ActorRef<Object> nobody = TestInbox.create().getRef();

        Script then(PolicyReply reply) {
            answers.add(Optional.of(reply));
            return this;
        }

        Script thenNothing() {
            answers.add(Optional.empty());
            return this;
        }

        @Override
        @SuppressWarnings("unchecked") // A policy is asked for, and that is what is answered with.
        public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
            asked.add(question.apply(nobody.narrow()));
            Optional<PolicyReply> answer = answers.isEmpty() ? Optional.empty() : answers.removeFirst();
            return answer.<CompletionStage<R>>map(reply -> CompletableFuture.completedStage((R) reply))
                    .orElseGet(() -> CompletableFuture.failedStage(new TimeoutException("lost")));
        }

        @Override
        public void tell(Name tenant, GuardCommand command) {
            asked.add(command);
        }

        GuardCommand last() {
            return asked.getLast();
        }
    }

    @Test
    void tenant_isQuarantinedUnderThePreconditionOfWhatWasShown() throws Exception {
        guard.then(new PolicyReply.Shown(TenantPolicy.DEFAULT, 7)).then(new PolicyReply.Put(8, false));

        assertThat(quarantine.begin()).isEqualTo(new Quarantined(Optional.of(TenantPolicy.DEFAULT), 8));

        assertThat(guard.last()).isInstanceOfSatisfying(GuardCommand.PutPolicy.class, put -> {
            assertThat(put.policy()).isEqualTo(QUARANTINED);
            assertThat(put.precondition()).isEqualTo(new Precondition.Version(7));
        });
    }

    @Test
    void answerThatIsLost_doesNotMakeTheQuarantineThePolicyOfBefore() throws Exception {
        guard.then(new PolicyReply.Shown(TenantPolicy.DEFAULT, 7))
                .thenNothing()
                .then(new PolicyReply.Shown(QUARANTINED, 8))
                .then(new PolicyReply.Put(9, false));

        assertThat(quarantine.begin()).isEqualTo(new Quarantined(Optional.of(TenantPolicy.DEFAULT), 9));
    }

    @Test
    void tenantThatIsQuarantinedAlready_staysSoWhenItIsGivenBack() throws Exception {
        guard.then(new PolicyReply.Shown(QUARANTINED, 7)).then(new PolicyReply.Put(8, false));
        Quarantined quarantined = quarantine.begin();
        guard.then(new PolicyReply.Put(9, false));

        quarantine.giveBack(quarantined);

        assertThat(guard.last())
                .isInstanceOfSatisfying(
                        GuardCommand.PutPolicy.class,
                        put -> assertThat(put.policy()).isEqualTo(QUARANTINED));
    }

    @Test
    void tenantWithoutAPolicy_isTakenOutAgainWhenItIsGivenBack() throws Exception {
        guard.then(new PolicyReply.UnknownTenant()).then(new PolicyReply.Put(3, true));
        Quarantined quarantined = quarantine.begin();
        assertThat(quarantined).isEqualTo(new Quarantined(Optional.empty(), 3));
        guard.thenNothing().then(new PolicyReply.PreconditionFailed());

        quarantine.giveBack(quarantined);

        assertThat(guard.last())
                .isInstanceOfSatisfying(
                        GuardCommand.DeletePolicy.class,
                        delete -> assertThat(delete.precondition()).isEqualTo(new Precondition.Version(3)));
    }

    @Test
    void whoStandsInForTheGuard_isNotTheGuard() throws Exception {
        guard.then(new PolicyReply.StoodIn(new PolicyReply.Shown(TenantPolicy.DEFAULT, 6)))
                .then(new PolicyReply.Shown(TenantPolicy.DEFAULT, 7))
                .then(new PolicyReply.PreconditionFailed())
                .then(new PolicyReply.Shown(TenantPolicy.DEFAULT, 8))
                .then(new PolicyReply.Put(9, false));

        assertThat(quarantine.begin().version()).isEqualTo(9);
    }

    @Test
    void release_isAskedForUntilAGuardHasWritten() throws Exception {
        guard.thenNothing().thenNothing().then(new PolicyReply.Put(10, false));

        quarantine.release(new Quarantined(Optional.empty(), 9));

        assertThat(guard.asked).hasSize(4).first().isEqualTo(new GuardCommand.Sleep());
        assertThat(guard.last())
                .isInstanceOfSatisfying(
                        GuardCommand.Restored.class,
                        restored -> assertThat(restored.versionsUsed()).isEqualTo(9));
    }

    @Test
    void guardThatNeverAnswers_isGivenUp_withASentence() {
        GuardQuarantine impatient = new GuardQuarantine(guard, ACME, Duration.ofMillis(150));

        assertThatThrownBy(impatient::begin)
                .isInstanceOf(GuardAway.class)
                .hasMessageContaining("The guard of acme has not answered for PT0.15S");
        assertThatThrownBy(() -> impatient.release(new Quarantined(Optional.empty(), 1)))
                .isInstanceOf(GuardAway.class);
    }
}
