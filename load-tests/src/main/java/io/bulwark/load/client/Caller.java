package io.bulwark.load.client;

import io.bulwark.load.history.Call;

/** Whatever takes calls for a Bulwark: a client of one node, or something that stands before several. */
public interface Caller {
    /**
     * Any request; {@code headers} are names and values in turn.
     *
     * @throws java.io.UncheckedIOException when no whole answer came
     */
    Reply send(String method, String path, String body, String... headers);

    /** A keyed POST as a line of a history; never throws for what the network does. */
    Call call(int client, String path, String key, String json, String... headers);

    /** A GET. */
    default Reply get(String path) {
        return send("GET", path, "");
    }

    /** A PUT of JSON. */
    default Reply put(String path, String json, String... headers) {
        return send("PUT", path, json, headers);
    }

    /** A POST of JSON. */
    default Reply post(String path, String json, String... headers) {
        return send("POST", path, json, headers);
    }

    /** A POST under an idempotency key, sent as a structured-field string. */
    default Reply keyed(String path, String key, String json, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "Idempotency-Key";
        all[1] = '"' + key + '"';
        return send("POST", path, json, all);
    }
}
