package io.bulwark.node.start;

import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.Guards;
import io.bulwark.guard.PolicyReply;
import io.bulwark.tenant.TenantDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Before a node takes calls, it asks the guards and the database about a few tenants, as its first callers will: connections
 * to other nodes are made, code is loaded, and who waits longer than callers do is not a caller. A node that gets no answer
 * starts all the same: it stands in for its guards then.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int TENANTS = 32;
    private static final Duration WITHIN = Duration.ofSeconds(5);

    private final TenantDirectory directory;
    private final Guards guards;

    /** @param guards the guards themselves, without anybody who stands in for them */
    Rehearsal(TenantDirectory directory, Guards guards) {
        this.directory = directory;
        this.guards = guards;
    }

    /** Asks, and waits at most 5 s. */
    void run() throws InterruptedException {
        long begun = System.nanoTime();
        try {
            int tenants = directory
                    .list(Optional.empty(), TENANTS)
                    .thenCompose(this::ask)
                    .toCompletableFuture()
                    .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("the guards of {} tenants were asked in {} ms", tenants, (System.nanoTime() - begun) / 1_000_000);
        } catch (ExecutionException e) {
            LOG.info("the guards could not be asked before the first call: {}", String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            LOG.info("the guards did not all answer within {} before the first call", WITHIN);
        }
    }

    private CompletableFuture<Integer> ask(List<TenantDirectory.Entry> tenants) {
        return CompletableFuture.allOf(tenants.stream()
                        .map(TenantDirectory.Entry::tenant)
                        .flatMap(tenant -> java.util.stream.Stream.of(fromGuard(tenant), fromDatabase(tenant)))
                        .toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> tenants.size());
    }

    private CompletableFuture<?> fromGuard(Name tenant) {
        return guards.<PolicyReply>ask(tenant, ShowPolicy::new, WITHIN).toCompletableFuture();
    }

    private CompletableFuture<?> fromDatabase(Name tenant) {
        return directory.find(tenant).toCompletableFuture();
    }
}
