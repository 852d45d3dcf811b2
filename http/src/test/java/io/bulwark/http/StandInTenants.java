package io.bulwark.http;

import io.bulwark.grammar.Name;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantPolicy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;

/** A list of tenants in memory, which can be away. */
final class StandInTenants implements TenantDirectory {
    volatile boolean away;
    private final ConcurrentSkipListMap<Name, Entry> entries = new ConcurrentSkipListMap<>();

    void add(Entry entry) {
        entries.put(entry.tenant(), entry);
    }

    @Override
    public CompletionStage<Void> put(Name tenant, long version, TenantPolicy policy) {
        add(new Entry(tenant, version, policy.status()));
        return CompletableFuture.allOf();
    }

    @Override
    public CompletionStage<Optional<LastKnown>> find(Name tenant) {
        return CompletableFuture.failedStage(new IllegalStateException("No route asks for one tenant's line"));
    }

    @Override
    public CompletionStage<Void> remove(Name tenant, long version) {
        entries.remove(tenant);
        return CompletableFuture.allOf();
    }

    @Override
    public CompletionStage<List<Entry>> list(Optional<Name> after, int limit) {
        return away
                ? CompletableFuture.failedStage(new IllegalStateException("the database is away"))
                : CompletableFuture.completedStage(
                        after.map(name -> entries.tailMap(name, false)).orElse(entries).values().stream()
                                .limit(limit)
                                .toList());
    }
}
