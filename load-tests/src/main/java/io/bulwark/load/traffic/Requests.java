package io.bulwark.load.traffic;

import java.nio.charset.StandardCharsets;

/** Writes requests of HTTP/1.1 as they go over the wire. */
public final class Requests {
    private Requests() {}

    /**
     * A request with a bearer token and a body of JSON.
     *
     * @param more whole header lines, each with its line end; may be empty
     * @param json ASCII
     */
    public static byte[] json(String method, String path, String token, String more, String json) {
        String head = method + " " + path + " HTTP/1.1\r\nHost: load\r\nAuthorization: Bearer " + token
                + "\r\nContent-Type: application/json\r\n" + more + "Content-Length: " + json.length() + "\r\n\r\n";
        return (head + json).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The same without other headers, as a POST. */
    public static byte[] post(String path, String token, String json) {
        return json("POST", path, token, "", json);
    }
}
