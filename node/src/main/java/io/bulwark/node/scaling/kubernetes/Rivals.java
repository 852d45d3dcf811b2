package io.bulwark.node.scaling.kubernetes;

import io.bulwark.node.scaling.TargetTrouble;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What else scales the workload: a HorizontalPodAutoscaler, or a ScaledObject of KEDA. KEDA's are looked at first, because
 * each has an autoscaler of its own that it would make anew.
 */
final class Rivals {
    private static final Logger LOG = LoggerFactory.getLogger(Rivals.class);
    private static final ResourceDefinitionContext SCALED_OBJECTS = new ResourceDefinitionContext.Builder()
            .withGroup("keda.sh")
            .withVersion("v1alpha1")
            .withKind("ScaledObject")
            .withPlural("scaledobjects")
            .withNamespaced(true)
            .build();

    private final ApiServer server;
    private final KubernetesSettings settings;
    private final Set<Need> saidOnce = ConcurrentHashMap.newKeySet();

    Rivals(ApiServer server, KubernetesSettings settings) {
        this.server = server;
        this.settings = settings;
    }

    /** For sentences: {@code ScaledObject 'bulwark'}. */
    Optional<String> find(Deadline deadline) throws TargetTrouble, InterruptedException {
        Optional<String> scaledObject =
                list(needToList("keda.sh", "scaledobjects"), deadline, this::scaledObjects).stream()
                        .filter(this::scalesOurs)
                        .map(it -> "ScaledObject '" + it.getMetadata().getName() + "'")
                        .findFirst();
        if (scaledObject.isPresent()) {
            return scaledObject;
        }
        return list(needToList("autoscaling", "horizontalpodautoscalers"), deadline, this::autoscalers).stream()
                .filter(this::scalesOurs)
                .map(it -> "HorizontalPodAutoscaler '" + it.getMetadata().getName() + "'")
                .findFirst();
    }

    private Need needToList(String group, String resource) {
        return new Need("list", group, resource, settings.namespace(), resource);
    }

    /** A kind that this cluster does not know has no objects. */
    private <T> List<T> list(Need need, Deadline deadline, Function<KubernetesClient, List<T>> question)
            throws TargetTrouble, InterruptedException {
        try {
            return server.ask(need, deadline, question);
        } catch (TargetTrouble trouble) {
            return switch (trouble.kind()) {
                case MISSING -> List.of();
                case FORBIDDEN -> {
                    sayOnce(need, trouble);
                    yield List.of();
                }
                case UNREACHABLE, CONFLICT, BUSY, FAILED, RIVAL, SUPERSEDED -> throw trouble;
            };
        }
    }

    private void sayOnce(Need need, TargetTrouble trouble) {
        if (saidOnce.add(need)) {
            LOG.warn(
                    "Whether one of the {} scales {} too cannot be seen: {}",
                    need.resource(),
                    settings.workload(),
                    trouble.getMessage());
        }
    }

    private List<GenericKubernetesResource> scaledObjects(KubernetesClient client) {
        return client.genericKubernetesResources(SCALED_OBJECTS)
                .inNamespace(settings.namespace())
                .list()
                .getItems();
    }

    private List<HorizontalPodAutoscaler> autoscalers(KubernetesClient client) {
        return client.autoscaling()
                .v2()
                .horizontalPodAutoscalers()
                .inNamespace(settings.namespace())
                .list()
                .getItems();
    }

    /** Without a kind it is a Deployment, says KEDA. */
    private boolean scalesOurs(GenericKubernetesResource scaledObject) {
        return settings.name().equals(target(scaledObject, "name").orElse(""))
                && settings.kindName().equals(target(scaledObject, "kind").orElse("Deployment"));
    }

    private static Optional<String> target(GenericKubernetesResource scaledObject, String member) {
        return Optional.ofNullable(scaledObject.<Object>get("spec", "scaleTargetRef", member))
                .map(Object::toString);
    }

    private boolean scalesOurs(HorizontalPodAutoscaler autoscaler) {
        CrossVersionObjectReference target = autoscaler.getSpec().getScaleTargetRef();
        return settings.name().equals(target.getName()) && settings.kindName().equals(target.getKind());
    }
}
