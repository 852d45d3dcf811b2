package io.bulwark.node.scaling.kubernetes;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Which workload the nodes are pods of.
 *
 * @param namespace empty: that of this pod
 * @param name the workload's name, a DNS label or several with dots between
 * @param answerWithin how long the API server may take for all that one look or one order asks of it; 50 ms to 1 min
 */
public record KubernetesSettings(String namespace, Kind kind, String name, Duration answerWithin) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Duration ANSWER_LEAST = Duration.ofMillis(50);
    private static final Duration ANSWER_MOST = Duration.ofMinutes(1);

    /** What makes the pods. */
    public enum Kind {
        /** Its pods are alike; the one to go can be named. */
        DEPLOYMENT("Deployment", "deployments"),
        /** Its pods have numbers; the one with the highest goes. */
        STATEFUL_SET("StatefulSet", "statefulsets");

        private final String kind;
        private final String plural;

        Kind(String kind, String plural) {
            this.kind = kind;
            this.plural = plural;
        }
    }

    /** @throws IllegalArgumentException when a part is not what is said above; the message names it */
    public KubernetesSettings {
        if (!namespace.isEmpty() && !NAME.matcher(namespace).matches()) {
            throw new IllegalArgumentException(
                    "'" + namespace + "' is not a namespace: expected " + NAME + ", or nothing for that of this pod");
        }
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is not the name of a workload: expected " + NAME);
        }
        if (answerWithin.compareTo(ANSWER_LEAST) < 0 || answerWithin.compareTo(ANSWER_MOST) > 0) {
            throw new IllegalArgumentException("The API server may not be given " + answerWithin.toMillis()
                    + " ms for an answer: expected " + ANSWER_LEAST.toMillis() + " ms to " + ANSWER_MOST.toMillis()
                    + " ms");
        }
    }

    KubernetesSettings in(String otherNamespace) {
        return new KubernetesSettings(otherNamespace, kind, name, answerWithin);
    }

    /** As a scale target reference names it: {@code Deployment}. */
    String kindName() {
        return kind.kind;
    }

    /** As a Role names it: {@code deployments}. */
    String plural() {
        return kind.plural;
    }

    /** For sentences: {@code Deployment 'bulwark'}. */
    String workload() {
        return kind.kind + " '" + name + "'";
    }
}
