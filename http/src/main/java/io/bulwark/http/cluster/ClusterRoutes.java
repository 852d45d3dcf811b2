package io.bulwark.http.cluster;

import akka.http.javadsl.model.HttpResponse;
import io.bulwark.cluster.ClusterMembers;
import io.bulwark.cluster.Leaving;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.Role;
import io.bulwark.http.server.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Shows the cluster, and tells a member to leave it. */
public final class ClusterRoutes {
    private final ClusterMembers cluster;

    /** Asks this port. */
    public ClusterRoutes(ClusterMembers cluster) {
        this.cluster = cluster;
    }

    /** The lines of the route table. */
    public List<Route> routes() {
        return List.of(
                new Route("GET", "/v1/cluster", Access.ofCluster(Role.VIEWER), this::show),
                new Route("POST", "/v1/cluster/members/{address}/leave", Access.ofCluster(Role.OPERATOR), this::leave));
    }

    private CompletionStage<HttpResponse> show(Call call) {
        return CompletableFuture.completedStage(Answers.json(200, cluster.view()));
    }

    private CompletionStage<HttpResponse> leave(Call call) {
        MemberAddress address = address(call);
        return cluster.leave(address).thenApply(leaving -> switch (leaving) {
            case Leaving.Told() -> Answers.json(202, told(address));
            case Leaving.Unknown() -> throw unknown(address).exception();
        });
    }

    private static Map<String, Object> told(MemberAddress address) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("member", address);
        members.put("status", "leaving");
        return members;
    }

    private static MemberAddress address(Call call) {
        try {
            return MemberAddress.parse(call.variable("address"));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid-request", "In the path, {address}: " + e.getMessage())
                    .exception();
        }
    }

    private static Problem unknown(MemberAddress address) {
        return Problem.notFound(
                "unknown-member",
                "The cluster has no member '" + address
                        + "': it may have left already. GET /v1/cluster lists the members.");
    }
}
