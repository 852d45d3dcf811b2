package io.bulwark.node.watch;

import akka.actor.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import io.bulwark.http.health.Readiness;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Management's {@code /ready}, which says what {@code /readyz} says. Made by Akka Management, by name. */
public final class ManagementReadiness implements Supplier<CompletionStage<Boolean>> {
    private final Telemetry telemetry;

    public ManagementReadiness(ActorSystem system) {
        this.telemetry = Telemetry.get(Adapter.toTyped(system));
    }

    @Override
    public CompletionStage<Boolean> get() {
        return CompletableFuture.completedStage(
                telemetry.readiness().checks().stream().allMatch(Readiness.Check::ready));
    }
}
