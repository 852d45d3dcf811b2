package io.bulwark.load.scenario;

import io.bulwark.load.client.Caller;
import io.bulwark.load.client.Reply;
import java.util.Set;

/** Puts what a run needs into a Bulwark before the load begins. */
final class Preparation {
    private static final Set<Integer> DONE = Set.of(200, 201, 204);

    private Preparation() {}

    /**
     * Puts a tenant or a service.
     *
     * @param what such as {@code tenants/acme}
     * @throws IllegalStateException when it is refused, with the answer
     */
    static void put(Caller operator, String what, String json) {
        Reply reply = operator.put("/v1/" + what, json);
        if (!DONE.contains(reply.status())) {
            throw new IllegalStateException(
                    "PUT /v1/" + what + " of " + json + " was answered " + reply + ": expected 200, 201 or 204");
        }
    }
}
