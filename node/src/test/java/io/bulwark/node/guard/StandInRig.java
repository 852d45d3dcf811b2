package io.bulwark.node.guard;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import io.bulwark.admission.Admitting;
import io.bulwark.admission.GuardEvent;
import io.bulwark.admission.GuardState;
import io.bulwark.admission.TenantGuard;
import io.bulwark.admission.Wake;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.guard.Guards;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Precondition;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Guards that fall silent and come back, the node's stand-ins for them, and a time that passes when a test says so. */
final class StandInRig {
    static final Name ACME = new Name("acme");
    static final Name PAYMENTS = new Name("payments");
    static final Duration WITHIN = Duration.ofSeconds(5);

    final Directory directory = new Directory();
    final Owner owner = new Owner();
    boolean ownerAway;
    int members = 3;
    final GuardsWithStandIn guards = new GuardsWithStandIn(
            owner,
            new GuardsWithStandIn.Means(
                    directory, () -> members, _ -> ownerAway, this::now, new Random(7), this::after, nobody()),
            StandInSettings.of(Duration.ofMillis(250), Duration.ofSeconds(2)));

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private Instant now = BEGIN;
    private long scheduled;

    private record Task(Instant at, long order, Runnable then) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    Instant now() {
        return now;
    }

    /** As {@link System#nanoTime}: of any origin, and it may overflow. */
    long nanoTime() {
        return Long.MAX_VALUE - 50_000_000 + Duration.between(BEGIN, now).toNanos();
    }

    Runnable after(Duration delay, Runnable then) {
        Task task = new Task(now.plus(delay), scheduled++, then);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Lets the time pass, with all that is to happen in it. */
    void pass(Duration time) {
        Instant end = now.plus(time);
        while (!tasks.isEmpty() && !tasks.peek().at().isAfter(end)) {
            Task task = tasks.remove();
            now = task.at();
            task.then().run();
        }
        now = end;
    }

    void passMillis(long millis) {
        pass(Duration.ofMillis(millis));
    }

    static <T> ActorRef<T> nobody() {
        return Adapter.toTyped(akka.actor.ActorRef.noSender());
    }

    static TenantPolicy policy(OnGuardUnavailable meanwhile, long capacity, Durability durability) {
        LimitPolicy limit = new LimitPolicy(
                new Name("requests"),
                Algorithm.TOKEN_BUCKET,
                capacity,
                1,
                Duration.ofDays(1),
                durability,
                Mode.ENFORCE);
        return new TenantPolicy(
                List.of(limit),
                Map.of(),
                CircuitPolicy.DEFAULT,
                IdempotencyPolicy.DEFAULT,
                meanwhile,
                TenantStatus.ACTIVE,
                false);
    }

    CompletableFuture<Admission> call() {
        return call(ACME, Optional.empty(), Duration.ZERO);
    }

    CompletableFuture<Admission> call(String key, Duration waitAtMost) {
        return call(
                ACME, Optional.of(new GuardCommand.Keyed(new IdempotencyKey(key), new Fingerprint("0a"))), waitAtMost);
    }

    CompletableFuture<Admission> call(Name tenant, Optional<GuardCommand.Keyed> keyed, Duration waitAtMost) {
        return guards.<Admission>ask(
                        tenant,
                        replyTo -> new Admit(replyTo, PAYMENTS, keyed, Duration.ofSeconds(30), waitAtMost, true),
                        WITHIN.plus(waitAtMost))
                .toCompletableFuture();
    }

    <R> CompletableFuture<R> ask(Function<ActorRef<R>, GuardCommand> question) {
        return guards.ask(ACME, question, WITHIN).toCompletableFuture();
    }

    /** The list in the database. */
    static final class Directory implements TenantDirectory {
        final Map<Name, LastKnown> lines = new HashMap<>();
        CompletableFuture<?> gate = CompletableFuture.completedFuture("open");

        @Override
        public CompletionStage<Void> put(Name tenant, long version, TenantPolicy policy) {
            throw new IllegalStateException("Only guards write");
        }

        @Override
        public CompletionStage<Void> remove(Name tenant, long version) {
            throw new IllegalStateException("Only guards write");
        }

        @Override
        public CompletionStage<List<Entry>> list(Optional<Name> after, int limit) {
            throw new IllegalStateException("Nobody lists");
        }

        @Override
        public CompletionStage<Optional<LastKnown>> find(Name tenant) {
            return gate.thenApply(_ -> Optional.ofNullable(lines.get(tenant)));
        }
    }

    /** The guards where they live: real ones, which a test takes away and brings back. */
    final class Owner implements Guards {
        final List<GuardCommand> asked = new ArrayList<>();
        final Map<Name, TenantGuard> guards = new HashMap<>();
        boolean silent;
        /** Whether what is asked in silence is lost, and not answered late. */
        boolean deaf;

        private final Deque<Runnable> late = new ArrayDeque<>();
        private final Map<Long, CompletableFuture<Object>> waiting = new HashMap<>();

        TenantGuard guard(Name tenant) {
            return guards.computeIfAbsent(
                    tenant, _ -> new TenantGuard(GuardState.EMPTY, (long) guards.size() << 32, now));
        }

        void put(TenantPolicy policy) {
            take(guard(ACME), guard(ACME).putPolicy(policy, new Precondition.None()));
        }

        /** Answers again, and first what it was asked meanwhile. */
        void back() {
            silent = false;
            while (!late.isEmpty()) {
                late.remove().run();
            }
        }

        long asked(Class<? extends GuardCommand> kind) {
            return asked.stream().filter(kind::isInstance).count();
        }

        @Override
        @SuppressWarnings("unchecked")
        public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
            GuardCommand command = question.apply(nobody());
            asked.add(command);
            CompletableFuture<Object> answer = new CompletableFuture<>();
            after(within, () -> answer.completeExceptionally(new TimeoutException("no answer in " + within)));
            receive(() -> handle(guard(tenant), command, answer));
            return (CompletionStage<R>) answer;
        }

        @Override
        public void tell(Name tenant, GuardCommand command) {
            asked.add(command);
            receive(() -> settle(guard(tenant), (GuardCommand.Settle) command));
        }

        private void receive(Runnable message) {
            if (!silent) {
                message.run();
            } else if (!deaf) {
                late.add(message);
            }
        }

        private void handle(TenantGuard guard, GuardCommand command, CompletableFuture<Object> answer) {
            switch (command) {
                case Admit admit -> {
                    switch (take(guard, guard.admit(admit, now))) {
                        case Admitting.Answered(Admission reply) -> answer.complete(reply);
                        case Admitting.Waiting(long waiter, Instant until) -> {
                            waiting.put(waiter, answer);
                            after(Duration.between(now, until), () -> wake(guard.lapse(now)));
                        }
                    }
                }
                case GuardCommand.Acquire ask ->
                    answer.complete(take(guard, guard.limits().acquire(ask.items(), ask.ahead(), now)));
                case GuardCommand.PermitCircuit ask ->
                    answer.complete(take(guard, guard.permitCircuit(ask.service(), ask.lease(), now)));
                case GuardCommand.ShowPolicy _ -> answer.complete(guard.showPolicy());
                case GuardCommand.PutPolicy ask ->
                    answer.complete(take(guard, guard.putPolicy(ask.policy(), ask.precondition())));
                case GuardCommand.DeletePolicy ask ->
                    answer.complete(take(guard, guard.deletePolicy(ask.precondition())));
                case GuardCommand.ShowCircuits _ -> answer.complete(guard.showCircuits(now));
                case GuardCommand other -> throw new IllegalArgumentException("Not asked in these tests: " + other);
            }
        }

        private void settle(TenantGuard guard, GuardCommand.Settle told) {
            wake(take(guard, guard.settle(told.permit(), told.outcome(), told.took(), now)));
        }

        private void wake(List<Wake> wakes) {
            for (Wake wake : wakes) {
                CompletableFuture<Object> waiter = waiting.remove(wake.waiter());
                if (waiter != null) {
                    waiter.complete(wake.reply());
                }
            }
        }

        private <V> V take(TenantGuard guard, Step<GuardEvent, V> step) {
            step.events().forEach(event -> guard.applied(event, now));
            return step.verdict();
        }
    }
}
