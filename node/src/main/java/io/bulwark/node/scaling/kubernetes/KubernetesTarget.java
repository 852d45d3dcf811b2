package io.bulwark.node.scaling.kubernetes;

import io.bulwark.node.scaling.ScaleTarget;
import io.bulwark.node.scaling.TargetTrouble;
import io.bulwark.node.scaling.TargetTrouble.Kind;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleStatus;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Scalable;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the size of a Deployment or StatefulSet on its subresource {@code scale}.
 *
 * <p>The order of steps in {@link #scale} is the fence. A coordinator that was paused may wake up anywhere in it and must
 * not undo what the next one has done:
 *
 * <ol>
 *   <li>read the size and its resource version;
 *   <li>compare that with the version that was decided on; if it is another, the order is refused (CONFLICT);
 *   <li>ask whether who ordered it still leads; if not, nothing is written (SUPERSEDED);
 *   <li>write under the version that was read.
 * </ol>
 *
 * <p>Whoever was paused before the third step is told there that it no longer leads. Whoever was paused after it writes
 * under a version from before the pause, and the API server refuses that (409, CONFLICT) if the next coordinator has set a
 * size meanwhile. The version also changes with the workload's status, so in the middle of a rollout an order may be
 * refused though nobody else scales: it is decided anew, which costs one evaluation.
 */
public final class KubernetesTarget implements ScaleTarget {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesTarget.class);

    private final ApiServer server;
    private final KubernetesSettings settings;
    private final Rivals rivals;
    private final Leaver leaver;

    private KubernetesTarget(ApiServer server, KubernetesSettings settings) {
        this.server = server;
        this.settings = settings;
        this.rivals = new Rivals(server, settings);
        this.leaver = new Leaver(server, settings.namespace());
    }

    /**
     * For the cluster that this pod runs in, or the one of {@code ~/.kube/config}. Nothing is asked of it yet.
     *
     * @throws IllegalArgumentException when no namespace is given and this node runs in no pod
     */
    public static KubernetesTarget create(KubernetesSettings settings) {
        return create(settings, Config.autoConfigure(null));
    }

    static KubernetesTarget create(KubernetesSettings settings, Config config) {
        String namespace = settings.namespace().isEmpty()
                ? Optional.ofNullable(config.getNamespace()).orElse("")
                : settings.namespace();
        if (namespace.isEmpty()) {
            throw new IllegalArgumentException(
                    "'' is no namespace, and this node runs in no pod that would have one: expected"
                            + " bulwark.scaling.kubernetes.namespace to name that of " + settings.workload());
        }
        return new KubernetesTarget(ApiServer.at(config, settings.answerWithin()), settings.in(namespace));
    }

    @Override
    public String name() {
        return "kubernetes";
    }

    /** What is asked for and not what is there: the workload's {@code spec.replicas}. */
    @Override
    public Size size() throws TargetTrouble, InterruptedException {
        Deadline deadline = Deadline.in(settings.answerWithin());
        Scale scale = read(deadline);
        Optional<String> rival = rivals.find(deadline);
        if (rival.isPresent()) {
            throw new TargetTrouble(
                    Kind.RIVAL,
                    rival.get() + " scales " + settings.workload() + " too, and the two would fight: delete it, or set"
                            + " bulwark.scaling.target = record and let it act");
        }
        return new Size(nodes(scale), version(scale));
    }

    @Override
    public void scale(Order order) throws TargetTrouble, InterruptedException {
        Deadline deadline = Deadline.in(settings.answerWithin());
        Scale now = read(deadline);
        if (!version(now).equals(order.seen().version())) {
            throw new TargetTrouble(
                    Kind.CONFLICT,
                    settings.workload() + " is at version " + version(now) + " and has " + nodes(now)
                            + " nodes, and the order was for version "
                            + order.seen().version() + ": decide anew");
        }
        if (order.to() < nodes(now)) {
            mark(order, now, deadline);
        }
        requireLead(order);
        write(now, order.to(), deadline);
    }

    @Override
    public void close() {
        server.close();
    }

    private Scale read(Deadline deadline) throws TargetTrouble, InterruptedException {
        Scale scale =
                server.ask(need("get"), deadline, client -> workload(client).scale());
        if (version(scale).isEmpty()) {
            throw new TargetTrouble(
                    Kind.FAILED, "the size of " + settings.workload() + " came without a resource version");
        }
        return scale;
    }

    private void write(Scale read, int nodes, Deadline deadline) throws TargetTrouble, InterruptedException {
        Scale wanted = new ScaleBuilder(read)
                .editOrNewSpec()
                .withReplicas(nodes)
                .endSpec()
                .build();
        server.ask(need("update"), deadline, client -> workload(client).scale(wanted));
        LOG.info("{} is to have {} nodes, and had {}", settings.workload(), nodes, nodes(read));
    }

    /** A StatefulSet always gives up its highest number, so nothing can be marked there. */
    private void mark(Order order, Scale now, Deadline deadline) throws TargetTrouble, InterruptedException {
        Optional<String> selector = Optional.ofNullable(now.getStatus()).map(ScaleStatus::getSelector);
        if (settings.kind() == KubernetesSettings.Kind.DEPLOYMENT
                && order.leaver().isPresent()
                && selector.isPresent()) {
            requireLead(order);
            leaver.mark(order.leaver().get(), selector.get(), deadline);
        }
    }

    private void requireLead(Order order) throws TargetTrouble {
        if (!order.stillLeads().getAsBoolean()) {
            throw new TargetTrouble(
                    Kind.SUPERSEDED, "another node coordinates by now: " + settings.workload() + " was left as it is");
        }
    }

    private Scalable<?> workload(KubernetesClient client) {
        return switch (settings.kind()) {
            case DEPLOYMENT ->
                client.apps().deployments().inNamespace(settings.namespace()).withName(settings.name());
            case STATEFUL_SET ->
                client.apps().statefulSets().inNamespace(settings.namespace()).withName(settings.name());
        };
    }

    private Need need(String verb) {
        return new Need(verb, "apps", settings.plural() + "/scale", settings.namespace(), settings.workload());
    }

    /** The API leaves a number out that is 0. */
    private static int nodes(Scale scale) {
        return Optional.ofNullable(scale.getSpec()).map(ScaleSpec::getReplicas).orElse(0);
    }

    private static String version(Scale scale) {
        return Optional.ofNullable(scale.getMetadata())
                .flatMap(metadata -> Optional.ofNullable(metadata.getResourceVersion()))
                .orElse("");
    }
}
