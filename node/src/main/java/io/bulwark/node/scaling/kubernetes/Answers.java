package io.bulwark.node.scaling.kubernetes;

import io.bulwark.node.scaling.TargetTrouble;
import io.bulwark.node.scaling.TargetTrouble.Kind;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What answers that are no success mean. Sentences are made here and not taken from exceptions, which name addresses and
 * may name more; of the server only the message of a {@code Status} is passed on.
 */
final class Answers {
    private static final int MESSAGE_CHARACTERS_MAX = 300;
    private static final int CAUSES_MAX = 16;

    private Answers() {}

    static TargetTrouble noneInTime(Need need, Deadline deadline) {
        return new TargetTrouble(
                Kind.UNREACHABLE,
                "the API server did not answer within " + deadline.within().toMillis() + " ms; asked for " + need
                        + ", which may have been done all the same");
    }

    static TargetTrouble trouble(Need need, ExecutionException failed, Optional<Duration> retryAfter) {
        Throwable failure = Objects.requireNonNullElse(failed.getCause(), failed);
        return failure instanceof KubernetesClientException refusal && refusal.getCode() > 0
                ? refused(need, refusal, retryAfter)
                : notAnswered(need, failure);
    }

    private static TargetTrouble refused(Need need, KubernetesClientException refusal, Optional<Duration> retryAfter) {
        int code = refusal.getCode();
        return switch (code) {
            case 401 ->
                new TargetTrouble(
                        Kind.FORBIDDEN,
                        "the API server does not know who asks (401): see that the pod has a service account of this cluster"
                                + " and that its token is mounted (automountServiceAccountToken)");
            case 403 ->
                new TargetTrouble(
                        Kind.FORBIDDEN,
                        "the API server does not let this node do so (403): grant its service account " + need
                                + ", as deploy/kubernetes/components/scaling does");
            case 404 ->
                new TargetTrouble(
                        Kind.MISSING,
                        "there is no " + need.object() + " in the namespace '" + need.namespace()
                                + "' (404): create it, or correct bulwark.scaling.kubernetes");
            case 409 ->
                new TargetTrouble(
                        Kind.CONFLICT, "somebody else changed " + need.object() + " meanwhile (409): decide anew");
            case 429 ->
                new TargetTrouble(
                        Kind.BUSY, "the API server has too much to do (429): ask it later for " + need, retryAfter);
            default ->
                new TargetTrouble(
                        Kind.FAILED, "the API server answered " + code + " when asked for " + need + said(refusal));
        };
    }

    private static TargetTrouble notAnswered(Need need, Throwable failure) {
        return brokenConnection(failure)
                .map(broken -> new TargetTrouble(
                        Kind.UNREACHABLE,
                        "the API server cannot be reached (" + broken.getClass().getSimpleName() + "); asked for "
                                + need))
                .orElseGet(() -> new TargetTrouble(
                        Kind.FAILED,
                        "the answer to " + need + " is not what an API server says ("
                                + failure.getClass().getSimpleName() + "): see what stands at its address"));
    }

    /** The first that says more than that there was one, or else any. */
    private static Optional<IOException> brokenConnection(Throwable failure) {
        Optional<IOException> found = Optional.empty();
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            if (cause instanceof IOException broken) {
                found = Optional.of(broken);
                if (broken.getClass() != IOException.class) {
                    return found;
                }
            }
            cause = cause.getCause();
        }
        return found;
    }

    private static String said(KubernetesClientException refusal) {
        return Optional.ofNullable(refusal.getStatus())
                .map(Status::getMessage)
                .filter(message -> !message.isBlank())
                .map(message -> ": " + message.substring(0, Math.min(message.length(), MESSAGE_CHARACTERS_MAX)))
                .orElse("");
    }
}
