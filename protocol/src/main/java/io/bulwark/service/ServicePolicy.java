package io.bulwark.service;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Ranges;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the operator configured for a service.
 *
 * @param targets 1 to {@value #TARGETS_MAX} base addresses, {@code http://host[:port][/path]} or {@code https://…}
 * @param balance which healthy target takes the next call
 * @param timeout from sending the request to the last byte of the answer's head, 10 ms to 10 min
 * @param connectTimeout 10 ms to 60 s
 * @param maxInFlight how many calls one node has with this service at the same time, 1 to 16,384; above it 503
 * @param health how targets are watched; absent: they are not, and only connection failures eject
 * @param idempotency which calls need a key and what is recorded of them
 */
public record ServicePolicy(
        List<URI> targets,
        Balance balance,
        Duration timeout,
        Duration connectTimeout,
        int maxInFlight,
        Optional<Health> health,
        Recording idempotency) {
    /** The most targets of one service. */
    public static final int TARGETS_MAX = 64;

    public ServicePolicy {
        targets = List.copyOf(targets);
        Ranges.check("targets (how many)", targets.size(), 1, TARGETS_MAX);
        targets.forEach(ServicePolicy::checkTarget);
        Ranges.check("timeout", timeout, Duration.ofMillis(10), Duration.ofMinutes(10));
        Ranges.check("connectTimeout", connectTimeout, Duration.ofMillis(10), Duration.ofSeconds(60));
        Ranges.check("maxInFlight", maxInFlight, 1, 16_384);
    }

    @JsonCreator
    static ServicePolicy of(
            @JsonProperty(value = "targets", required = true) List<URI> targets,
            @JsonProperty("balance") @Nullable Balance balance,
            @JsonProperty("timeout") @Nullable Duration timeout,
            @JsonProperty("connectTimeout") @Nullable Duration connectTimeout,
            @JsonProperty("maxInFlight") @Nullable Integer maxInFlight,
            @JsonProperty("health") @Nullable Health health,
            @JsonProperty("idempotency") @Nullable Recording idempotency) {
        return new ServicePolicy(
                targets,
                balance == null ? Balance.ROUND_ROBIN : balance,
                timeout == null ? Duration.ofSeconds(10) : timeout,
                connectTimeout == null ? Duration.ofSeconds(1) : connectTimeout,
                maxInFlight == null ? 512 : maxInFlight,
                Optional.ofNullable(health),
                idempotency == null ? Recording.DEFAULT : idempotency);
    }

    private static void checkTarget(URI target) {
        String scheme = target.getScheme() == null ? "" : target.getScheme().toLowerCase(Locale.ROOT);
        boolean plain =
                target.getRawQuery() == null && target.getRawFragment() == null && target.getRawUserInfo() == null;
        if (!(scheme.equals("http") || scheme.equals("https")) || target.getHost() == null || !plain) {
            throw new IllegalArgumentException(
                    "targets names '" + target + "': expected http://host[:port][/path] or https://host[:port][/path]");
        }
    }

    /** Which healthy target takes the next call. */
    public enum Balance {
        /** Each in turn. */
        @JsonProperty("round-robin")
        ROUND_ROBIN,
        /** The one with the fewest calls from this node. */
        @JsonProperty("least-in-flight")
        LEAST_IN_FLIGHT
    }

    /**
     * How targets are watched: a GET that answers 2xx or 3xx within {@code connectTimeout} is healthy.
     *
     * @param path begins with {@code /}
     * @param every 100 ms to 1 h
     * @param unhealthyAfter failures in a row that eject a target, 1 to 100
     * @param healthyAfter successes in a row that bring it back, 1 to 100
     */
    public record Health(String path, Duration every, int unhealthyAfter, int healthyAfter) {
        private static final Pattern PATH = Pattern.compile("/[!-~]{0,1023}");

        public Health {
            if (!PATH.matcher(path).matches()) {
                throw new IllegalArgumentException(
                        "health.path is '" + path + "': expected a path that begins with '/', visible ASCII");
            }
            Ranges.check("health.every", every, Duration.ofMillis(100), Duration.ofHours(1));
            Ranges.check("health.unhealthyAfter", unhealthyAfter, 1, 100);
            Ranges.check("health.healthyAfter", healthyAfter, 1, 100);
        }

        @JsonCreator
        static Health of(
                @JsonProperty("path") @Nullable String path,
                @JsonProperty("every") @Nullable Duration every,
                @JsonProperty("unhealthyAfter") @Nullable Integer unhealthyAfter,
                @JsonProperty("healthyAfter") @Nullable Integer healthyAfter) {
            return new Health(
                    path == null ? "/health" : path,
                    every == null ? Duration.ofSeconds(5) : every,
                    unhealthyAfter == null ? 2 : unhealthyAfter,
                    healthyAfter == null ? 2 : healthyAfter);
        }
    }

    /**
     * Which calls need a key, and what is recorded of them.
     *
     * @param require methods that are refused without a key; by default POST and PATCH
     * @param record which answers settle an operation; the others release it
     * @param onUnknownOutcome what a later call with the key gets when nobody knows how the first ended
     * @param maxRecordedBody the most bytes of an answer's body that are kept, 0 to 1 MiB; of a larger one only the
     *     fact is recorded
     */
    public record Recording(
            Set<String> require, RecordRule record, OnUnknownOutcome onUnknownOutcome, int maxRecordedBody) {
        // Before DEFAULT, whose constructor needs it.
        private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");

        /** POST and PATCH, all but 429 and 503, refuse, 256 KiB. */
        public static final Recording DEFAULT = new Recording(
                Set.of("POST", "PATCH"), RecordRule.ALL_BUT_429_AND_503, OnUnknownOutcome.REFUSE, 256 * 1024);

        public Recording {
            require = Set.copyOf(require);
            require.forEach(method -> {
                if (!METHOD.matcher(method).matches()) {
                    throw new IllegalArgumentException("idempotency.require names '" + method
                            + "': expected an HTTP method in capitals, such as POST");
                }
            });
            Ranges.check("idempotency.maxRecordedBody", maxRecordedBody, 0, 1024 * 1024);
        }

        @JsonCreator
        static Recording of(
                @JsonProperty("require") @Nullable Set<String> require,
                @JsonProperty("record") @Nullable RecordRule record,
                @JsonProperty("onUnknownOutcome") @Nullable OnUnknownOutcome onUnknownOutcome,
                @JsonProperty("maxRecordedBody") @Nullable Integer maxRecordedBody) {
            return new Recording(
                    require == null ? DEFAULT.require : require,
                    record == null ? DEFAULT.record : record,
                    onUnknownOutcome == null ? DEFAULT.onUnknownOutcome : onUnknownOutcome,
                    maxRecordedBody == null ? DEFAULT.maxRecordedBody : maxRecordedBody);
        }
    }

    /** Which answers settle an operation. */
    public enum RecordRule {
        /** Every answer is final. */
        @JsonProperty("all")
        ALL,
        /** 429 and 503 say that nothing was done: the key is released, a retry executes. */
        @JsonProperty("all-but-429-and-503")
        ALL_BUT_429_AND_503;

        /** Whether an answer with this status is recorded. */
        public boolean records(int status) {
            return switch (this) {
                case ALL -> true;
                case ALL_BUT_429_AND_503 -> status != 429 && status != 503;
            };
        }
    }

    /** What a later call with the key gets when nobody knows how the first ended. */
    public enum OnUnknownOutcome {
        /** 409, until an operator or the tenant resolves it. */
        @JsonProperty("refuse")
        REFUSE,
        /** Another execution with the same key: the service is itself idempotent. */
        @JsonProperty("retry")
        RETRY
    }
}
