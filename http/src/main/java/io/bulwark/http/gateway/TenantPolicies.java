package io.bulwark.http.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.PolicyReply;
import io.bulwark.tenant.TenantPolicy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Policies as they were a few seconds ago, for what a call needs to know before it asks the guard: how long to wait for
 * a call in flight, and whether old headers are wanted. Nothing is decided by them; losing them costs one question per
 * tenant.
 */
final class TenantPolicies {
    /** How long a change may take to be followed. */
    static final Duration AGE_MAX = Duration.ofSeconds(5);

    private static final int TENANTS_MAX = 10_000;

    private final Means means;
    private final Cache<Name, TenantPolicy> known;

    TenantPolicies(Means means) {
        this.means = means;
        this.known = Caffeine.newBuilder()
                .maximumSize(TENANTS_MAX)
                .expireAfterWrite(AGE_MAX)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(means.clock().millis()))
                .build();
    }

    /** The tenant's policy; fails with 404 when the tenant is not known, and with 503 when its guard does not answer. */
    CompletionStage<TenantPolicy> of(Name tenant) {
        TenantPolicy policy = known.getIfPresent(tenant);
        return policy != null ? CompletableFuture.completedFuture(policy) : ask(tenant);
    }

    private CompletionStage<TenantPolicy> ask(Name tenant) {
        return means.guards()
                .<PolicyReply>ask(tenant, ShowPolicy::new, means.settings().guardWithin())
                .exceptionally(failure -> {
                    throw GatewayProblems.guardUnavailable(
                            tenant, means.settings().guardWithin(), failure);
                })
                .thenApply(reply -> known(tenant, reply));
    }

    private TenantPolicy known(Name tenant, PolicyReply reply) {
        return switch (reply) {
            case PolicyReply.Shown(TenantPolicy policy, var version) -> {
                known.put(tenant, policy);
                yield policy;
            }
            // Whether this call is marked is for its admission to say.
            case PolicyReply.StoodIn(PolicyReply answer) -> known(tenant, answer);
            case PolicyReply.UnknownTenant() -> throw GatewayProblems.unknownTenant(tenant);
            case PolicyReply.Put _, PolicyReply.Deleted _, PolicyReply.PreconditionFailed _ ->
                throw new IllegalStateException("The guard answered another question: " + reply);
        };
    }
}
