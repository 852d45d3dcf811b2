package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.history.History;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;

/** A node, an admin's client of it, and the services of a test. */
final class Stage implements AutoCloseable {
    /** A circuit that does not open, whatever happens in a test. */
    static final String CALM_CIRCUIT = """
            {"trip":{"failureRate":1,"slowRate":1,"slowerThan":"PT1H","consecutiveFailures":100000,\
            "minimumCalls":1000000}}""";

    private final BulwarkNode node;
    private final BulwarkClient admin;
    private final History history = new History();
    private final Deque<ExecutionCountingService> services = new ArrayDeque<>();

    private Stage(BulwarkNode node) {
        this.node = node;
        this.admin = new BulwarkClient(node::address, node.adminToken());
    }

    /** Starts a node on empty data. */
    static Stage start(String name, String... options) {
        return new Stage(BulwarkNode.start(name, options));
    }

    BulwarkNode node() {
        return node;
    }

    /** May do everything everywhere. */
    BulwarkClient admin() {
        return admin;
    }

    /** What the services of this stage have seen. */
    History history() {
        return history;
    }

    /** A client with the role caller in this tenant. */
    BulwarkClient caller(String tenant) {
        return admin.with(node.token(tenant, "caller"));
    }

    /** Puts a tenant that never had a policy, or replaces its policy. */
    void tenant(String name, String policy) {
        Reply reply = admin.put("/v1/tenants/" + name, policy);
        assertThat(reply.status()).as("%s", reply).isIn(200, 201, 204);
    }

    /**
     * Starts a service and registers it.
     *
     * @param members of its registration beside {@code targets}, such as {@code "timeout":"PT1S"}; may be empty
     */
    ExecutionCountingService service(String name, Plan plan, String members) {
        ExecutionCountingService service = ExecutionCountingService.start(plan, history);
        services.push(service);
        register(name, service.address(), members);
        return service;
    }

    /** Registers a service that runs there. */
    void register(String name, URI target, String members) {
        String more = members.isEmpty() ? "" : "," + members;
        Reply reply = admin.put("/v1/services/" + name, "{\"targets\":[\"" + target + "\"]" + more + "}");
        assertThat(reply.status()).as("%s", reply).isIn(200, 201, 204);
    }

    @Override
    public void close() {
        admin.close();
        node.close();
        services.forEach(ExecutionCountingService::close);
    }
}
