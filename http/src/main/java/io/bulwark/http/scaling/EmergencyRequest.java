package io.bulwark.http.scaling;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.http.server.Problem;
import io.bulwark.scaling.Scaling.EmergencyCall;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of an emergency.
 *
 * @param nodes and {@code until} belong to {@code scale-to} and are required there
 */
record EmergencyRequest(Action action, Optional<Integer> nodes, boolean force, String reason, Optional<Instant> until) {
    /** What is to be done. */
    enum Action {
        @JsonProperty("scale-to")
        SCALE_TO,
        @JsonProperty("cancel")
        CANCEL
    }

    @JsonCreator
    static EmergencyRequest of(
            @JsonProperty(value = "action", required = true) Action action,
            @JsonProperty("nodes") @Nullable Integer nodes,
            @JsonProperty("force") @Nullable Boolean force,
            @JsonProperty(value = "reason", required = true) String reason,
            @JsonProperty("until") @Nullable Instant until) {
        return new EmergencyRequest(
                action, Optional.ofNullable(nodes), force != null && force, reason, Optional.ofNullable(until));
    }

    EmergencyCall call() {
        return switch (action) {
            case SCALE_TO ->
                new EmergencyCall.ScaleTo(
                        nodes.orElseThrow(() -> missing("nodes", "how many there are to be, such as 10")),
                        force,
                        reason,
                        until.orElseThrow(() -> missing("until", "when the policy counts again, within seven days")));
            case CANCEL -> new EmergencyCall.Cancel(reason);
        };
    }

    private static RuntimeException missing(String member, String expected) {
        return Problem.badRequest("invalid-request", member + " is missing: expected " + expected + ".")
                .exception();
    }
}
