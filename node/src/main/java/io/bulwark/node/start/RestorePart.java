package io.bulwark.node.start;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.guard.Guards;
import io.bulwark.node.restore.RepositoryPasts;
import io.bulwark.node.restore.TenantRestores;
import io.bulwark.persistence.tenantrestore.RestoreRuns;
import java.time.Duration;

/** A node's part in restores of tenants. */
final class RestorePart {
    /** A guard may be moving, or coming back from its journal. */
    private static final Duration GUARD_PATIENCE = Duration.ofMinutes(1);

    /** Claims through the decision API may be held for an hour; nobody waits for that. */
    private static final Duration SETTLE_WITHIN = Duration.ofSeconds(30);

    private RestorePart() {}

    static TenantRestores of(ServingMember.Ground on, Guards guards, MemberAddress self) {
        return new TenantRestores(new TenantRestores.Given(
                guards,
                on.database().database(),
                new RestoreRuns(on.database().pool()),
                new RepositoryPasts(
                        on.settings(),
                        on.database().database(),
                        on.config().dataDir().resolve("restores"),
                        on.clock(),
                        on.random()),
                self,
                on.clock(),
                on.random(),
                GUARD_PATIENCE,
                SETTLE_WITHIN));
    }
}
