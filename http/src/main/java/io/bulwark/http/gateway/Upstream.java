package io.bulwark.http.gateway;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import io.bulwark.service.Services.Versioned;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The way to one service, under one version of its policy: a bulkhead, balanced targets, deadlines, no re-sending. */
final class Upstream {
    private static final CompletionStage<BodyEnd> WHOLE = CompletableFuture.completedFuture(BodyEnd.COMPLETE);

    private final Versioned service;
    private final GatewaySettings settings;
    private final InstantSource clock;
    private final Dialer dialer;
    private final Delays delays;
    private final ActorSystem<?> system;
    private final List<Target> targets;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong turns = new AtomicLong();
    private final Optional<HealthChecks> checks;

    Upstream(Versioned service, GatewaySettings settings, InstantSource clock, Dialer dialer, ActorSystem<?> system) {
        this.service = service;
        this.settings = settings;
        this.clock = clock;
        this.dialer = dialer;
        this.delays = new Delays(system);
        this.system = system;
        this.targets = service.policy().targets().stream().map(this::target).toList();
        this.checks = service.policy().health().map(rule -> new HealthChecks(rule, this::check, targets, delays));
        checks.ifPresent(HealthChecks::start);
    }

    Versioned service() {
        return service;
    }

    /** How many calls are with the service from this node. */
    int inFlight() {
        return inFlight.get();
    }

    /**
     * Sends a call to a target; to the next one only if nothing was sent to the first. The stage never fails. The call
     * counts as in flight until the body of its answer has ended.
     */
    CompletionStage<Verdict> send(Outgoing outgoing) {
        if (inFlight.incrementAndGet() > service.policy().maxInFlight()) {
            inFlight.decrementAndGet();
            return CompletableFuture.completedFuture(new Verdict.Busy());
        }
        CompletionStage<Verdict> verdict = attempt(outgoing, order(), 0, clock.instant());
        verdict.thenAccept(this::releaseAtEnd);
        return verdict;
    }

    /** Closes idle connections that are too old. */
    void sweep() {
        targets.forEach(target -> target.connections().sweep());
    }

    /** Stops the checks and closes connections, each when its call is over. */
    void close() {
        checks.ifPresent(HealthChecks::stop);
        targets.forEach(target -> target.connections().close());
    }

    private List<Integer> order() {
        Instant now = clock.instant();
        List<Balancing.Candidate> candidates = targets.stream()
                .map(target -> new Balancing.Candidate(
                        target.health().isUsable(now), target.inFlight().get()))
                .toList();
        return Balancing.order(service.policy().balance(), candidates, turns.getAndIncrement());
    }

    private CompletionStage<Verdict> attempt(Outgoing outgoing, List<Integer> order, int tried, Instant begun) {
        Target target = targets.get(order.get(tried));
        target.inFlight().incrementAndGet();
        HttpRequest request = target.addressed(outgoing.request(), outgoing.pathAndQuery());
        Instant sentAt = clock.instant();
        Duration left = Duration.between(sentAt, begun.plus(service.policy().timeout()));
        return Attempt.start(target.connections(), delays, left, settings.bodyIdle(), request, outgoing.uploaded())
                .thenCompose(reply -> {
                    count(target, reply);
                    return switch (reply) {
                        case Reply.Head(var response, var bodyEnd) ->
                            done(new Verdict.Answered(response, sentAt, bodyEnd));
                        case Reply.Late(String why) -> done(new Verdict.TimedOut(target + ": " + why));
                        case Reply.Broken(String why) -> done(new Verdict.BrokeOff(target + ": " + why));
                        case Reply.NotSent(String why, boolean refused, boolean touched) -> {
                            boolean again = !touched && tried + 1 < order.size() && isTimeLeft(begun);
                            yield again
                                    ? attempt(outgoing, order, tried + 1, begun)
                                    : done(new Verdict.Unreachable(target + ": " + why));
                        }
                    };
                });
    }

    private void count(Target target, Reply reply) {
        if (reply instanceof Reply.Head(var response, var bodyEnd)) {
            bodyEnd.thenAccept(end -> target.inFlight().decrementAndGet());
        } else {
            target.inFlight().decrementAndGet();
        }
        if (reply instanceof Reply.NotSent(var why, boolean refused, var touched) && refused) {
            Instant until = clock.instant().plus(settings.ejectFor());
            target.health(health -> health.refused(until));
        }
    }

    private boolean isTimeLeft(Instant begun) {
        return clock.instant().isBefore(begun.plus(service.policy().timeout()));
    }

    private void releaseAtEnd(Verdict verdict) {
        if (verdict instanceof Verdict.Answered(var response, var sentAt, var bodyEnd)) {
            bodyEnd.thenAccept(end -> inFlight.decrementAndGet());
        } else {
            inFlight.decrementAndGet();
        }
    }

    private CompletionStage<Boolean> check(Target target) {
        String path = service.policy().health().orElseThrow().path();
        HttpRequest request = target.addressed(HttpRequest.GET("/"), path);
        return Attempt.start(
                        target.connections(),
                        delays,
                        service.policy().connectTimeout(),
                        settings.bodyIdle(),
                        request,
                        WHOLE)
                .thenApply(reply -> reply instanceof Reply.Head(var response, var bodyEnd) && isWell(response));
    }

    private boolean isWell(HttpResponse response) {
        response.discardEntityBytes(system);
        return response.status().intValue() >= 200 && response.status().intValue() < 400;
    }

    private Target target(URI address) {
        Duration within = service.policy().connectTimeout();
        return new Target(
                service.name(),
                address,
                new Connections(() -> dialer.dial(address, within), settings.keepAlive(), clock));
    }

    private static CompletionStage<Verdict> done(Verdict verdict) {
        return CompletableFuture.completedFuture(verdict);
    }
}
