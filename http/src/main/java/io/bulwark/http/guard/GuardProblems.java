package io.bulwark.http.guard;

import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardSilentException;
import io.bulwark.http.server.Problem;
import io.bulwark.tenant.TenantStatus;
import java.time.Duration;

/** What a guard's refusals look like to the client of a decision or of the control plane. */
public final class GuardProblems {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LATER = Duration.ofSeconds(30);

    private GuardProblems() {}

    /** 404. */
    public static Problem unknownTenant(Name tenant) {
        return Problem.notFound(
                "unknown-tenant",
                "There is no tenant '" + tenant + "': create it with PUT /v1/tenants/" + tenant + ".");
    }

    /** 404. */
    public static Problem unknownLimit(Name tenant, Name limit) {
        return Problem.notFound(
                "unknown-limit",
                "The policy of '" + tenant + "' has no limit '" + limit + "': add it, or name another.");
    }

    /** 503: what was asked may or may not have reached the guard. */
    public static Problem unavailable(Name tenant) {
        return Problem.unavailable(
                "guard-unavailable",
                "The tenant's guard does not answer",
                "The guard of '" + tenant + "' did not answer in time; whether it did what was asked is not known."
                        + " Try again.",
                SOON);
    }

    /** 503: the guard does not answer, and this node must not in its place. */
    public static Problem silent(Name tenant, GuardSilentException.Why why) {
        return Problem.unavailable(
                "guard-unavailable",
                "The tenant's guard does not answer",
                "The guard of '" + tenant + "' does not answer, and " + why.words()
                        + "; nothing was decided. Try again.",
                SOON);
    }

    /** 503. */
    public static Problem overloaded(Name tenant, Duration retryAfter) {
        return Problem.unavailable(
                "guard-overloaded",
                "The tenant's guard holds all that it may",
                "The guard of '" + tenant + "' holds as many reservations, permits or circuits as it may."
                        + " Try again after Retry-After.",
                retryAfter);
    }

    /** 503 for as long as the tenant is not active. */
    public static Problem suspended(Name tenant, TenantStatus status) {
        return switch (status) {
            case MAINTENANCE ->
                Problem.unavailable(
                        "maintenance",
                        "The tenant is in maintenance",
                        "Calls of '" + tenant + "' are not let through during maintenance. Try again later.",
                        LATER);
            case QUARANTINED, ACTIVE ->
                Problem.unavailable(
                        "tenant-quarantined",
                        "The tenant is quarantined",
                        "Calls of '" + tenant + "' are not let through until an operator says otherwise.",
                        LATER);
        };
    }
}
