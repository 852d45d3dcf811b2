package io.bulwark.http.restore;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Name;
import io.bulwark.restore.RestoreOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The body of a restore. */
record RestoreRequest(RestoreOrder order) {
    @JsonCreator
    static RestoreRequest of(
            @JsonProperty(value = "tenant", required = true) Name tenant,
            @JsonProperty(value = "at", required = true) Instant at,
            @JsonProperty("dryRun") @Nullable Boolean dryRun,
            @JsonProperty(value = "reason", required = true) String reason) {
        return new RestoreRequest(new RestoreOrder(tenant, at, dryRun != null && dryRun, reason));
    }
}
