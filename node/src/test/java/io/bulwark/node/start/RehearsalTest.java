package io.bulwark.node.start;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.Guards;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A node that starts, whatever its guards and its database answer. */
class RehearsalTest {
    private final List<String> asked = new ArrayList<>();
    private boolean away;

    /** The directory and the guards of the case. */
    private final class Case implements TenantDirectory, Guards {
        @Override
        public CompletionStage<List<Entry>> list(Optional<Name> after, int limit) {
            return away
                    ? CompletableFuture.failedStage(new IllegalStateException("away"))
                    : CompletableFuture.completedStage(List.of(entry("acme"), entry("shop")));
        }

        @Override
        public CompletionStage<Optional<LastKnown>> find(Name tenant) {
            asked.add("database " + tenant);
            return CompletableFuture.completedStage(Optional.empty());
        }

        @Override
        public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
            asked.add("guard " + tenant);
            return CompletableFuture.failedStage(new IllegalStateException("silent"));
        }

        @Override
        public void tell(Name tenant, GuardCommand command) {
            throw new AssertionError(tenant + " was told " + command);
        }

        @Override
        public CompletionStage<Void> put(Name tenant, long version, TenantPolicy policy) {
            throw new AssertionError(tenant + " was put");
        }

        @Override
        public CompletionStage<Void> remove(Name tenant, long version) {
            throw new AssertionError(tenant + " was removed");
        }
    }

    private static TenantDirectory.Entry entry(String tenant) {
        return new TenantDirectory.Entry(new Name(tenant), 1, TenantStatus.ACTIVE);
    }

    private void rehearse() throws InterruptedException {
        Case here = new Case();
        new Rehearsal(here, here).run();
    }

    @Test
    void run_guardsThatFail_asksForEachTenantAndGoesOn() throws InterruptedException {
        rehearse();

        assertThat(asked).containsExactlyInAnyOrder("guard acme", "database acme", "guard shop", "database shop");
    }

    @Test
    void run_databaseAway_goesOn() throws InterruptedException {
        away = true;

        rehearse();

        assertThat(asked).isEmpty();
    }
}
