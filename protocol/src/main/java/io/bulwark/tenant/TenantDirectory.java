package io.bulwark.tenant;

import io.bulwark.grammar.Name;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The list of tenants, and the policy that each was last known to have, for reading only. It is written by each guard
 * after its own journal, and again whenever a guard recovers, so it may be behind the guards for a moment and never
 * decides anything while they can be asked.
 */
public interface TenantDirectory {
    /** Puts or replaces one line; an older version than the one that stands there changes nothing. */
    CompletionStage<Void> put(Name tenant, long version, TenantPolicy policy);

    /** Takes one line out, unless a newer version than this stands there. */
    CompletionStage<Void> remove(Name tenant, long version);

    /** At most {@code limit} (1 to 1,000) lines in the order of their names, those after {@code after} if it is given. */
    CompletionStage<List<Entry>> list(Optional<Name> after, int limit);

    /** The tenant's policy as it was last known; empty if the tenant is not there, or its line says nothing of it yet. */
    CompletionStage<Optional<LastKnown>> find(Name tenant);

    /** One line of the list. */
    record Entry(Name tenant, long version, TenantStatus status) {}

    /** A policy and the version that it stands under. */
    record LastKnown(long version, TenantPolicy policy) {}
}
