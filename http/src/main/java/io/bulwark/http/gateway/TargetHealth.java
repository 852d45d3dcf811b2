package io.bulwark.http.gateway;

import io.bulwark.service.ServicePolicy.Health;
import java.time.Instant;

/**
 * Whether a target gets calls: a value, changed by checks and by refused connections.
 *
 * <pre>
 *   healthy   --unhealthyAfter failed checks in a row--> unhealthy
 *   unhealthy --healthyAfter good checks in a row--> healthy
 *   any --a connection is refused--> out for a moment --a good check, or the time passes--> as it was
 * </pre>
 *
 * @param healthy as far as the checks know; a target begins as healthy
 * @param streak how many checks in a row said the opposite of {@code healthy}
 * @param outUntil before this instant it gets no calls, because it refused a connection
 */
record TargetHealth(boolean healthy, int streak, Instant outUntil) {
    /** Of a target of which nothing is known. */
    static final TargetHealth FRESH = new TargetHealth(true, 0, Instant.MIN);

    /** Whether it gets calls. */
    boolean isUsable(Instant now) {
        return healthy && !now.isBefore(outUntil);
    }

    /** After a check. */
    TargetHealth checked(boolean good, Health rule) {
        Instant out = good ? Instant.MIN : outUntil;
        if (good == healthy) {
            return new TargetHealth(healthy, 0, out);
        }
        int needed = good ? rule.healthyAfter() : rule.unhealthyAfter();
        return streak + 1 >= needed ? new TargetHealth(good, 0, out) : new TargetHealth(healthy, streak + 1, out);
    }

    /** After a connection that could not be made. */
    TargetHealth refused(Instant until) {
        return new TargetHealth(healthy, streak, until);
    }
}
