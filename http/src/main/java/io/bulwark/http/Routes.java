package io.bulwark.http;

import io.bulwark.http.backup.BackupRoutes;
import io.bulwark.http.cluster.ClusterRoutes;
import io.bulwark.http.control.ServiceRoutes;
import io.bulwark.http.control.TenantRoutes;
import io.bulwark.http.decisions.CircuitRoutes;
import io.bulwark.http.decisions.LimitRoutes;
import io.bulwark.http.decisions.OperationBatchRoutes;
import io.bulwark.http.decisions.OperationRoutes;
import io.bulwark.http.guard.GuardAsk;
import io.bulwark.http.health.HealthRoutes;
import io.bulwark.http.restore.RestoreRoutes;
import io.bulwark.http.scaling.ScalingFeed;
import io.bulwark.http.scaling.ScalingRoutes;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.Route;
import java.util.List;
import java.util.stream.Stream;

/** The route table of a node. */
public final class Routes {
    private Routes() {}

    /**
     * Everything that is served.
     *
     * @param guarded the route of the gateway
     */
    public static List<Route> all(Ports ports, RequestBodies bodies, Route guarded) {
        return Stream.concat(own(ports, bodies).stream(), Stream.of(guarded)).toList();
    }

    /** Everything but guarded calls. */
    static List<Route> own(Ports ports, RequestBodies bodies) {
        GuardAsk guards = new GuardAsk(ports.guards());
        return Stream.of(
                        new HealthRoutes(ports.readiness()).routes(),
                        new LimitRoutes(guards, bodies).routes(),
                        new OperationRoutes(guards, ports.ledger(), bodies).routes(),
                        new OperationBatchRoutes(guards, ports.ledger(), bodies).routes(),
                        new CircuitRoutes(guards, bodies).routes(),
                        new TenantRoutes(guards, ports.tenants(), bodies).routes(),
                        new ServiceRoutes(ports.services(), bodies).routes(),
                        new ClusterRoutes(ports.cluster()).routes(),
                        new ScalingRoutes(ports.scaling(), bodies).routes(),
                        new ScalingFeed(ports.scaling()).routes(),
                        new BackupRoutes(ports.backups(), bodies).routes(),
                        new RestoreRoutes(ports.restores(), bodies).routes())
                .flatMap(List::stream)
                .toList();
    }
}
