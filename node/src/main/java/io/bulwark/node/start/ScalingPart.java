package io.bulwark.node.start;

import akka.actor.typed.ActorSystem;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.http.server.CallStatistics;
import io.bulwark.node.cluster.SeenMembers;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.config.ScalingConfig;
import io.bulwark.node.scaling.MeasuredLoad;
import io.bulwark.node.scaling.RecordTarget;
import io.bulwark.node.scaling.ScaleTarget;
import io.bulwark.node.scaling.ScalingCoordinator;
import io.bulwark.node.scaling.SharedScaling;
import io.bulwark.node.scaling.kubernetes.KubernetesSettings;
import io.bulwark.node.scaling.kubernetes.KubernetesTarget;
import io.bulwark.node.scaling.processes.ProcessesSettings;
import io.bulwark.node.scaling.processes.ProcessesTarget;
import io.bulwark.persistence.journal.JournalHead;
import io.bulwark.persistence.ledger.PostgresLedger;
import io.bulwark.scaling.Outlook;
import io.bulwark.scaling.ScalingView;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;

/** A node's part in scaling: its load reports, its copy of what the coordinator says, and the target should it be that. */
final class ScalingPart {
    private ScalingPart() {}

    /** What it is made from. */
    record Given(
            ActorSystem<?> system,
            NodeConfig config,
            MemberAddress self,
            URI management,
            SeenMembers members,
            CallStatistics calls,
            PostgresLedger ledger,
            DataSource database,
            BooleanSupplier serving,
            MeterRegistry meters,
            InstantSource clock) {}

    static SharedScaling start(Given given) {
        MeasuredLoad load = new MeasuredLoad(
                given.calls(),
                given.ledger()::metrics,
                () -> given.members().here().guards(),
                given.meters());
        SharedScaling scaling = SharedScaling.start(
                given.system(),
                new SharedScaling.Given(
                        given.self(),
                        target(given),
                        given.members(),
                        new JournalHead(given.database(), ScalingCoordinator.PERSISTENCE_ID),
                        given.config().scaling().evaluateEvery(),
                        load,
                        given.serving(),
                        given.clock()));
        register(scaling, given.meters());
        return scaling;
    }

    private static ScaleTarget target(Given given) {
        ScalingConfig config = given.config().scaling();
        return switch (config.target()) {
            case RECORD -> new RecordTarget(given.members());
            case PROCESSES ->
                new ProcessesTarget(
                        given.members(),
                        new ProcessesSettings(
                                config.processes().httpFrom(),
                                config.processes().managementFrom(),
                                config.processes().remoteFrom(),
                                config.processes().nodesMax(),
                                config.processes().patience(),
                                given.config().dataDir().resolve("nodes")),
                        given.config().database().url().isPresent()
                                ? Optional.empty()
                                : Optional.of(given.management().getHost() + ":"
                                        + given.management().getPort()));
            case KUBERNETES -> KubernetesTarget.create(kubernetes(config.kubernetes()));
        };
    }

    private static KubernetesSettings kubernetes(ScalingConfig.Kubernetes config) {
        return new KubernetesSettings(
                config.namespace(),
                switch (config.kind()) {
                    case DEPLOYMENT -> KubernetesSettings.Kind.DEPLOYMENT;
                    case STATEFUL_SET -> KubernetesSettings.Kind.STATEFUL_SET;
                },
                config.name(),
                config.answerWithin());
    }

    private static void register(SharedScaling scaling, MeterRegistry meters) {
        gauge(
                scaling,
                meters,
                "desired",
                "Nodes that there should be, as decided last",
                view -> outlook(view).desired());
        gauge(
                scaling,
                meters,
                "size",
                "Nodes that the scale target is set to",
                view -> outlook(view).size());
        gauge(
                scaling,
                meters,
                "recommended",
                "Nodes that are asked for before anything limits it",
                view -> outlook(view).recommended());
        gauge(
                scaling,
                meters,
                "trouble",
                "1 while the scale target does not do what it is asked",
                view -> view.trouble().isPresent() ? 1 : 0);
        FunctionCounter.builder(
                        "bulwark.scaling.decisions",
                        scaling,
                        it -> it.view()
                                .map(view -> view.decisions().isEmpty()
                                        ? 0
                                        : view.decisions().getLast().number())
                                .orElse(0L))
                .description("Decisions that the coordinators of this cluster have made")
                .register(meters);
    }

    private static Outlook outlook(ScalingView view) {
        return view.outlook().orElseThrow();
    }

    private static void gauge(
            SharedScaling scaling,
            MeterRegistry meters,
            String name,
            String what,
            ToDoubleFunction<ScalingView> value) {
        Gauge.builder(
                        "bulwark.scaling." + name,
                        scaling,
                        it -> it.view()
                                .filter(view -> view.outlook().isPresent())
                                .map(value::applyAsDouble)
                                .orElse(Double.NaN))
                .description(what)
                .register(meters);
    }
}
