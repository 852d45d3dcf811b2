package io.bulwark.load.comparison;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** Requests as they go over the wire; the same bytes for every subject. */
final class Requests {
    /** How many tenants the work is spread over. */
    static final int TENANTS = 64;

    private Requests() {}

    /** A request with a body of JSON and a bearer token. */
    static byte[] post(String path, String token, String json) {
        return post(path, token, json, "");
    }

    /** @param more whole header lines */
    static byte[] post(String path, String token, String json, String more) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token
                + "\r\nContent-Type: application/json\r\n" + more + "Content-Length: " + json.length() + "\r\n\r\n";
        return (head + json).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A request without a body. */
    static byte[] get(String path, String token) {
        return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The tenant of this number. */
    static String tenant(long number) {
        return "t-" + number % TENANTS;
    }

    /** One decision of a limit for each tenant. */
    static List<byte[]> acquires(String limit, String token) {
        return tenants(
                tenant -> post("/v1/tenants/" + tenant + "/limits/" + limit + "/acquire", token, "{\"cost\":1}"));
    }

    /** As many decisions in each request. */
    static List<byte[]> batches(String limit, int decisions, String token) {
        String items = String.join(
                ",",
                IntStream.range(0, decisions)
                        .mapToObj(i -> "{\"limit\":\"" + limit + "\",\"cost\":1}")
                        .toList());
        return tenants(
                tenant -> post("/v1/tenants/" + tenant + "/limits/acquire", token, "{\"items\":[" + items + "]}"));
    }

    /** One request for each tenant. */
    private static List<byte[]> tenants(java.util.function.Function<String, byte[]> request) {
        return IntStream.range(0, TENANTS)
                .mapToObj(i -> request.apply(tenant(i)))
                .toList();
    }
}
