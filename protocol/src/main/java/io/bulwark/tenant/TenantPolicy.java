package io.bulwark.tenant;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import io.bulwark.ratelimit.LimitPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the operator configured for a tenant. Every member has a default, so that {@code {}} is a policy.
 *
 * @param limits at most {@value #LIMITS_MAX}, each with its own name
 * @param appliesTo which limits a guarded call to a service spends one of; {@code *} stands for every service that is
 *     not named; by default every limit applies to every service
 * @param circuit when the breaker between this tenant and a service opens, and how it closes
 * @param idempotency how long operations are kept and waited for
 * @param onGuardUnavailable what happens to limits and circuits while the guard cannot be asked; what a strict limit
 *     applies to is refused then, whatever this says
 * @param status whether calls are let through at all
 * @param legacyRateLimitHeaders whether answers also carry {@code X-RateLimit-Limit/-Remaining/-Reset}
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record TenantPolicy(
        List<LimitPolicy> limits,
        Map<String, List<Name>> appliesTo,
        CircuitPolicy circuit,
        IdempotencyPolicy idempotency,
        OnGuardUnavailable onGuardUnavailable,
        TenantStatus status,
        boolean legacyRateLimitHeaders) {
    /** The most limits that one tenant has. */
    public static final int LIMITS_MAX = 32;
    /** The most services that {@code appliesTo} names. */
    public static final int APPLIES_TO_MAX = 64;
    /** Stands in {@code appliesTo} for every service that is not named. */
    public static final String EVERY_SERVICE = "*";

    /** No limits, default circuits, default idempotency, active. */
    public static final TenantPolicy DEFAULT = new TenantPolicy(
            List.of(),
            Map.of(),
            CircuitPolicy.DEFAULT,
            IdempotencyPolicy.DEFAULT,
            OnGuardUnavailable.ADMIT,
            TenantStatus.ACTIVE,
            false);

    public TenantPolicy {
        limits = List.copyOf(limits);
        appliesTo = copyOf(appliesTo);
        Ranges.check("limits (how many)", limits.size(), 0, LIMITS_MAX);
        Ranges.check("appliesTo (how many)", appliesTo.size(), 0, APPLIES_TO_MAX);
        checkNames(limits, appliesTo);
    }

    /** The limits that a guarded call to this service spends one of, in the policy's order. */
    public List<LimitPolicy> limitsFor(Name service) {
        if (appliesTo.isEmpty()) {
            return limits;
        }
        List<Name> named = appliesTo.getOrDefault(service.value(), appliesTo.getOrDefault(EVERY_SERVICE, List.of()));
        return limits.stream().filter(limit -> named.contains(limit.name())).toList();
    }

    /** The limit of this name, if the policy has it. */
    public Optional<LimitPolicy> limit(Name name) {
        return limits.stream().filter(limit -> limit.name().equals(name)).findFirst();
    }

    /** The same with another status. */
    public TenantPolicy with(TenantStatus other) {
        return new TenantPolicy(
                limits, appliesTo, circuit, idempotency, onGuardUnavailable, other, legacyRateLimitHeaders);
    }

    @JsonCreator
    static TenantPolicy of(
            @JsonProperty("limits") @Nullable List<LimitPolicy> limits,
            @JsonProperty("appliesTo") @Nullable Map<String, List<Name>> appliesTo,
            @JsonProperty("circuit") @Nullable CircuitPolicy circuit,
            @JsonProperty("idempotency") @Nullable IdempotencyPolicy idempotency,
            @JsonProperty("onGuardUnavailable") @Nullable OnGuardUnavailable onGuardUnavailable,
            @JsonProperty("status") @Nullable TenantStatus status,
            @JsonProperty("legacyRateLimitHeaders") @Nullable Boolean legacyRateLimitHeaders) {
        return new TenantPolicy(
                limits == null ? DEFAULT.limits : limits,
                appliesTo == null ? DEFAULT.appliesTo : appliesTo,
                circuit == null ? DEFAULT.circuit : circuit,
                idempotency == null ? DEFAULT.idempotency : idempotency,
                onGuardUnavailable == null ? DEFAULT.onGuardUnavailable : onGuardUnavailable,
                status == null ? DEFAULT.status : status,
                legacyRateLimitHeaders == null ? DEFAULT.legacyRateLimitHeaders : legacyRateLimitHeaders);
    }

    private static Map<String, List<Name>> copyOf(Map<String, List<Name>> appliesTo) {
        Map<String, List<Name>> copy = new LinkedHashMap<>();
        appliesTo.forEach((service, names) -> copy.put(service, List.copyOf(names)));
        return java.util.Collections.unmodifiableMap(copy);
    }

    private static void checkNames(List<LimitPolicy> limits, Map<String, List<Name>> appliesTo) {
        Set<Name> names = new HashSet<>();
        for (LimitPolicy limit : limits) {
            if (!names.add(limit.name())) {
                throw new IllegalArgumentException(
                        "limits names '" + limit.name() + "' twice: expected a name of its own for each limit");
            }
        }
        for (var entry : appliesTo.entrySet()) {
            if (!entry.getKey().equals(EVERY_SERVICE) && !Name.isValid(entry.getKey())) {
                throw new IllegalArgumentException(
                        "appliesTo names '" + entry.getKey() + "': expected '*' or the name of a service");
            }
            List<Name> unknown = new ArrayList<>(entry.getValue());
            unknown.removeAll(names);
            if (!unknown.isEmpty()) {
                throw new IllegalArgumentException("appliesTo." + entry.getKey() + " names the limit '"
                        + unknown.getFirst() + "', which is not in limits");
            }
        }
    }
}
