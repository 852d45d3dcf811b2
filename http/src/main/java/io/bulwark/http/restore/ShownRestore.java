package io.bulwark.http.restore;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.grammar.Name;
import io.bulwark.restore.Difference;
import io.bulwark.restore.Exchanged;
import io.bulwark.restore.RestoreRun;
import io.bulwark.tenant.TenantStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A restore as it is shown. */
record ShownRestore(
        String id,
        Name tenant,
        Instant at,
        boolean dryRun,
        String reason,
        RestoreRun.State state,
        RestoreRun.Phase phase,
        String progress,
        MemberAddress node,
        Instant startedAt,
        Optional<Instant> endedAt,
        Optional<TenantStatus> status,
        long erased,
        long unsettled,
        Optional<List<Difference.Table>> difference,
        Optional<List<Exchanged.Table>> restored,
        Optional<String> problem) {
    static ShownRestore of(RestoreRun run) {
        return new ShownRestore(
                run.id(),
                run.order().tenant(),
                run.order().at(),
                run.order().dryRun(),
                run.order().reason(),
                run.state(),
                run.phase(),
                run.progress(),
                run.node(),
                run.startedAt(),
                run.endedAt(),
                run.status(),
                run.erased(),
                run.unsettled(),
                run.difference().map(Difference::tables),
                run.exchanged().map(Exchanged::tables),
                run.problem());
    }
}
