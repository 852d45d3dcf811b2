package io.bulwark.load.rival;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * A request as a back end sees it.
 *
 * @param path without the first slash, in its segments
 */
record Asked(List<String> path, String body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    Asked {
        path = List.copyOf(path);
    }

    /** Takes a path apart. */
    static Asked of(String path, String body) {
        return new Asked(List.of(path.substring(1).split("/", -1)), body);
    }

    /** Of {@code /v1/tenants/{tenant}/…} or {@code /t/{tenant}/…}. */
    String tenant() {
        return path.getFirst().equals("t") ? path.get(1) : path.get(2);
    }

    /** The limit or the key in {@code /v1/tenants/{tenant}/…/{subject}/{verb}}. */
    String subject() {
        return path.get(4);
    }

    /** The last segment. */
    String verb() {
        return path.getLast();
    }

    /** The body as JSON. @throws IllegalArgumentException when it is none */
    JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not JSON: " + body, e);
        }
    }
}
