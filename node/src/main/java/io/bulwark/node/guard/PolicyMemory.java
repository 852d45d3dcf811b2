package io.bulwark.node.guard;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand.PutPolicy;
import io.bulwark.guard.PolicyReply;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantDirectory.LastKnown;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies that guards last showed this node, and, for the others, what the database has. Soft: losing it costs one
 * look into the database for each tenant whose guard is silent.
 */
final class PolicyMemory {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyMemory.class);
    /** A policy that was seen longer ago is looked up: others may have changed it through other nodes. */
    private static final Duration AGE_MAX = Duration.ofMinutes(1);

    private final TenantDirectory directory;
    private final Cache<Name, LastKnown> known;

    PolicyMemory(TenantDirectory directory, InstantSource clock) {
        this.directory = directory;
        this.known = Caffeine.newBuilder()
                .maximumSize(StandInSettings.TENANTS_MAX)
                .expireAfterWrite(AGE_MAX)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    /** A guard has shown its policy, or that it has none. */
    void shown(Name tenant, PolicyReply reply) {
        switch (reply) {
            case PolicyReply.Shown(var policy, long version) -> saw(tenant, new LastKnown(version, policy));
            case PolicyReply.UnknownTenant _, PolicyReply.Deleted _ -> known.invalidate(tenant);
            case PolicyReply.Put _, PolicyReply.PreconditionFailed _, PolicyReply.StoodIn _ -> {}
        }
    }

    /** A guard has said what became of putting a policy. */
    void put(Name tenant, PutPolicy command, PolicyReply reply) {
        if (reply instanceof PolicyReply.Put(long version, boolean _)) {
            saw(tenant, new LastKnown(version, command.policy()));
        }
    }

    /** It has another policy now, which the guard has not shown yet. */
    void forget(Name tenant) {
        known.invalidate(tenant);
    }

    /** What is known; empty when nobody knows, or the database cannot say. Never fails. */
    CompletableFuture<Optional<LastKnown>> find(Name tenant) {
        LastKnown seen = known.getIfPresent(tenant);
        return seen != null
                ? CompletableFuture.completedFuture(Optional.of(seen))
                : directory
                        .find(tenant)
                        .exceptionally(failure -> {
                            LOG.debug("the policy of {} cannot be looked up", tenant, failure);
                            return Optional.empty();
                        })
                        .toCompletableFuture();
    }

    /** Answers may overtake each other; a version is never used twice. */
    private void saw(Name tenant, LastKnown seen) {
        LastKnown shared = new LastKnown(seen.version(), SharedPolicies.OF_THIS_NODE.shared(seen.policy()));
        known.asMap().merge(tenant, shared, (before, now) -> now.version() >= before.version() ? now : before);
    }
}
