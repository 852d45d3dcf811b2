package io.bulwark.node.guard;

import akka.actor.typed.ActorRef;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.Acquire;
import io.bulwark.guard.GuardCommand.Item;
import io.bulwark.guard.Guards;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Guards on other nodes that advance some of a limit to this one: single decisions are taken here for as long as that
 * lasts, and every other question goes to the guard. What an advance is, and what it promises, says
 * {@link io.bulwark.ratelimit.Advance}. Soft: losing it loses what is not spent yet, at most what comes back in 100 ms.
 */
public final class GuardsWithAdvances implements Guards {
    /** The most limits of which something is spent here; those asked for longest ago are forgotten, and lose a little. */
    private static final int ACCOUNTS_MAX = 20_000;

    private final Guards guards;
    private final Predicate<Name> elsewhere;
    private final LongSupplier nanoTime;
    private final ActorRef<Object> nobody;
    private final Cache<Which, AdvanceAccount> accounts =
            Caffeine.newBuilder().maximumSize(ACCOUNTS_MAX).build();
    private final LongAdder taken = new LongAdder();

    private record Which(Name tenant, Name limit) {}

    /**
     * @param elsewhere whether the guard of a tenant lives on another node, as far as it is known here; a guard next
     *     door is asked each time
     * @param nanoTime a clock that never goes back, such as {@link System#nanoTime}
     * @param nobody an address at which nothing arrives
     */
    public GuardsWithAdvances(
            Guards guards, Predicate<Name> elsewhere, LongSupplier nanoTime, ActorRef<Object> nobody) {
        this.guards = guards;
        this.elsewhere = elsewhere;
        this.nanoTime = nanoTime;
        this.nobody = nobody;
    }

    /** How many decisions were taken here instead of being asked for, since the start. */
    public long taken() {
        return taken.sum();
    }

    @Override
    public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
        return elsewhere.test(tenant) && question.apply(nobody.narrow()) instanceof Acquire acquire && isOne(acquire)
                ? acquire(tenant, acquire.items().getFirst(), question, within)
                : guards.ask(tenant, question, within);
    }

    @Override
    public void tell(Name tenant, GuardCommand command) {
        guards.tell(tenant, command);
    }

    private static boolean isOne(Acquire acquire) {
        return acquire.items().size() == 1 && acquire.items().getFirst().cost() > 0;
    }

    /** The answer to an {@link Acquire} is a {@link LimitReply}; the types cannot say so. */
    @SuppressWarnings("unchecked")
    private <R> CompletionStage<R> acquire(
            Name tenant, Item item, Function<ActorRef<R>, GuardCommand> question, Duration within) {
        long now = nanoTime.getAsLong();
        AdvanceAccount account = accounts.get(new Which(tenant, item.limit()), _ -> new AdvanceAccount(now));
        Optional<Result> decision = account.spend(item.cost(), now);
        if (decision.isPresent()) {
            taken.increment();
            return CompletableFuture.completedStage((R) new LimitReply.Decided(List.of(decision.get())));
        }
        long ahead = account.wanted();
        if (ahead == 0) {
            return guards.ask(tenant, question, within);
        }
        Function<ActorRef<R>, GuardCommand> withMore =
                replyTo -> new Acquire(replyTo.unsafeUpcast(), List.of(item), ahead);
        return guards.ask(tenant, withMore, within)
                .whenComplete((reply, _) -> account.answered(
                        reply instanceof LimitReply.Decided decided ? Optional.of(decided) : Optional.empty(), now));
    }
}
