package io.bulwark.load.cluster;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Wait;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Finds out from outside which node a tenant's guard lives on: the others take decisions over an ample limit ahead of it
 * and count them, and the one that it lives on never does.
 */
public final class GuardHome {
    private static final Pattern AHEAD =
            Pattern.compile("^bulwark_limits_decided_ahead_total(?:\\{[^}]*})? (\\S+)$", Pattern.MULTILINE);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final int DECISIONS = 40;

    private final Cluster cluster;
    private final String token;

    /** @param token of a caller and viewer */
    public GuardHome(Cluster cluster, String token) {
        this.cluster = cluster;
        this.token = token;
    }

    /**
     * The node, from 0; costs some hundred decisions.
     *
     * @param limit a soft token bucket that refills at least that much a second
     * @throws IllegalStateException when it cannot be found out
     */
    public int of(String tenant, String limit) {
        AtomicReference<List<Double>> seen = new AtomicReference<>(List.of());
        Wait.until(
                "one node that takes no decision of " + tenant + " ahead",
                BulwarkNode.PATIENCE,
                () -> {
                    seen.set(IntStream.range(0, cluster.size())
                            .mapToObj(node -> ahead(node, tenant, limit))
                            .toList());
                    return seen.get().stream().filter(taken -> taken == 0).count() == 1;
                },
                () -> seen.get().toString());
        return seen.get().indexOf(0.0);
    }

    /** How many of some decisions a node takes ahead. */
    private double ahead(int node, String tenant, String limit) {
        URI address = URI.create("http://" + cluster.place(node).management());
        try (BulwarkClient service = cluster.client(node, token, ANSWER_WITHIN);
                BulwarkClient management = new BulwarkClient("management", () -> address, token, ANSWER_WITHIN)) {
            double before = counted(management.get("/metrics").body());
            for (int i = 0; i < DECISIONS; i++) {
                Reply reply = service.post("/v1/tenants/" + tenant + "/limits/" + limit + "/acquire", "{\"cost\":1}");
                if (reply.status() != 200 && reply.status() != 429) {
                    throw new IllegalStateException("A decision was answered with " + reply);
                }
            }
            return counted(management.get("/metrics").body()) - before;
        }
    }

    /** Of the text that Prometheus reads. */
    static double counted(String metrics) {
        return AHEAD.matcher(metrics)
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .sum();
    }
}
