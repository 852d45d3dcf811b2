package io.bulwark.node.start;

import io.bulwark.node.demo.Demo;
import java.io.PrintWriter;
import java.util.Optional;

/** What a node says on standard output once it serves: where, with which token, and what to paste. */
record Announcement(String service, String management, Optional<String> adminToken, Optional<String> demoToken) {
    void print(PrintWriter out) {
        out.println("Bulwark is serving on " + service + " (management " + management + ", see " + management
                + "/metrics)");
        adminToken.ifPresent(token -> out.println("\nAdmin token (shown once): " + token));
        out.println();
        out.print(demoToken.map(token -> Demo.tour(service, token)).orElseGet(this::firstCalls));
        out.println();
        out.flush();
    }

    private String firstCalls() {
        String token = adminToken.orElse("$(bulwark token --tenant '*' --roles admin,caller)");
        String auth = "-H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json'";
        return String.join(
                "\n",
                "# Register a service of yours, register a tenant, and call the service through its guard:",
                "TOKEN=" + token,
                "curl -i -X PUT " + service + "/v1/services/orders " + auth
                        + " -d '{\"targets\":[\"http://127.0.0.1:9001\"]}'",
                "curl -i -X PUT " + service + "/v1/tenants/acme " + auth
                        + " -d '{\"limits\":[{\"name\":\"requests\",\"capacity\":100,\"refill\":50}]}'",
                "curl -i -X POST " + service + "/t/acme/orders/ " + auth + " -H 'Idempotency-Key: \"first\"' -d '{}'",
                "");
    }
}
