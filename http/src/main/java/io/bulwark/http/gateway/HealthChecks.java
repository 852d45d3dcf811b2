package io.bulwark.http.gateway;

import akka.actor.Cancellable;
import io.bulwark.service.ServicePolicy.Health;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Asks each target of a service from time to time whether it is well, one question at a time per target. */
final class HealthChecks {
    private final Health rule;
    private final Function<Target, CompletionStage<Boolean>> check;
    private final List<Target> targets;
    private final Delays delays;
    private final AtomicBoolean running = new AtomicBoolean();

    /** @param check completes with whether the target is well; never fails */
    HealthChecks(Health rule, Function<Target, CompletionStage<Boolean>> check, List<Target> targets, Delays delays) {
        this.rule = rule;
        this.check = check;
        this.targets = targets;
        this.delays = delays;
    }

    void start() {
        running.set(true);
        targets.forEach(this::checkNow);
    }

    void stop() {
        running.set(false);
    }

    private void checkNow(Target target) {
        if (running.get()) {
            check.apply(target).thenAccept(good -> {
                target.health(health -> health.checked(good, rule));
                Cancellable _ = delays.schedule(rule.every(), () -> checkNow(target));
            });
        }
    }
}
