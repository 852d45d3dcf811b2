package io.bulwark.node.guard;

import io.bulwark.grammar.Name;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantPolicy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A directory that keeps nothing, for tests that never list tenants. */
final class NoDirectory implements TenantDirectory {
    @Override
    public CompletionStage<Void> put(Name tenant, long version, TenantPolicy policy) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> remove(Name tenant, long version) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<List<Entry>> list(Optional<Name> after, int limit) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletionStage<Optional<LastKnown>> find(Name tenant) {
        return CompletableFuture.completedFuture(Optional.empty());
    }
}
