package io.bulwark.node.scaling.kubernetes;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.scaling.TargetTrouble;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a Deployment which pod is to go first when there are to be fewer, by the annotation that its controller looks at
 * (Kubernetes 1.22 and later): the lowest deletion cost goes first. The pod gets SIGTERM then, and drains as in any
 * graceful leave. Marks of earlier orders that were not carried out are taken away again. Without the right to do so, or
 * without the pod, some other pod goes, which drains just as well.
 */
final class Leaver {
    private static final Logger LOG = LoggerFactory.getLogger(Leaver.class);
    private static final String ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";
    /** Pods without the annotation cost 0. */
    private static final String COST = "-100";

    private static final String MARK = patch("\"" + COST + "\"");
    private static final String NO_MARK = patch("null");

    private final ApiServer server;
    private final String namespace;

    Leaver(ApiServer server, String namespace) {
        this.server = server;
        this.namespace = namespace;
    }

    private static String patch(String value) {
        return "{\"metadata\":{\"annotations\":{\"" + ANNOTATION + "\":" + value + "}}}";
    }

    /** @param selector the labels of the workload's pods */
    void mark(MemberAddress leaver, String selector, Deadline deadline) throws TargetTrouble, InterruptedException {
        try {
            List<Pod> pods = server.ask(
                    need("list", "the pods of the nodes"),
                    deadline,
                    client -> client.pods()
                            .inNamespace(namespace)
                            .withLabelSelector(selector)
                            .list()
                            .getItems());
            mark(leaver, pods, deadline);
        } catch (TargetTrouble trouble) {
            goOnIfHarmless(leaver, trouble);
        }
    }

    private void mark(MemberAddress leaver, List<Pod> pods, Deadline deadline)
            throws TargetTrouble, InterruptedException {
        if (pods.stream().noneMatch(pod -> isThatOf(leaver, pod))) {
            LOG.warn("No pod is that of {}, which was to go first: Kubernetes chooses", leaver);
        }
        for (Pod pod : pods) {
            boolean toGo = isThatOf(leaver, pod);
            if (toGo != isMarked(pod)) {
                patch(pod, toGo ? MARK : NO_MARK, deadline);
            }
        }
    }

    private void patch(Pod pod, String patch, Deadline deadline) throws TargetTrouble, InterruptedException {
        String name = pod.getMetadata().getName();
        server.ask(
                need("patch", "pod '" + name + "'"),
                deadline,
                client -> client.pods()
                        .inNamespace(namespace)
                        .resource(pod)
                        .patch(PatchContext.of(PatchType.JSON_MERGE), patch));
    }

    private Need need(String verb, String object) {
        return new Need(verb, "", "pods", namespace, object);
    }

    private static void goOnIfHarmless(MemberAddress leaver, TargetTrouble trouble) throws TargetTrouble {
        switch (trouble.kind()) {
            case FORBIDDEN, MISSING, CONFLICT ->
                LOG.warn(
                        "{} was to go first and could not be marked, so Kubernetes chooses: {}",
                        leaver,
                        trouble.getMessage());
            case UNREACHABLE, BUSY, FAILED, RIVAL, SUPERSEDED -> throw trouble;
        }
    }

    private static boolean isMarked(Pod pod) {
        return Optional.ofNullable(pod.getMetadata().getAnnotations())
                .orElse(Map.of())
                .getOrDefault(ANNOTATION, "")
                .equals(COST);
    }

    /** A member's host is its pod's address, or its host name where names were configured. */
    private static boolean isThatOf(MemberAddress member, Pod pod) {
        Stream<String> addresses = Optional.ofNullable(pod.getStatus()).stream()
                .flatMap(status -> Stream.concat(
                        Stream.ofNullable(status.getPodIP()),
                        status.getPodIPs().stream().map(PodIP::getIp)));
        Stream<String> names = Stream.concat(
                Stream.of(pod.getMetadata().getName()),
                Optional.ofNullable(pod.getSpec()).stream().flatMap(spec -> Stream.ofNullable(spec.getHostname())));
        return Stream.concat(addresses, names)
                .map(it -> it.toLowerCase(Locale.ROOT))
                .anyMatch(member.host()::equals);
    }
}
