package io.bulwark.load.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * What a node answers to {@code GET /v1/scaling}.
 *
 * @param coordinator the member that decides
 * @param size how many nodes the target has; this and the next two are 0 before the first evaluation
 * @param trouble what keeps the target from doing what it is asked; empty when nothing does
 */
public record ScalingView(String coordinator, int size, int desired, int recommended, String trouble) {
    /** One that changed how many nodes there are to be. */
    public record Decision(long number, Instant at, int from, int to, String reason) {}

    /** Reads it. */
    public static ScalingView of(JsonNode json) {
        return new ScalingView(
                json.path("coordinator").asText(),
                json.path("size").asInt(),
                json.path("desired").asInt(),
                json.path("recommended").asInt(),
                json.path("trouble").asText());
    }

    /** Reads the answer to {@code GET /v1/scaling/decisions}; the first one first. */
    static List<Decision> decisions(JsonNode json) {
        return StreamSupport.stream(json.path("items").spliterator(), false)
                .map(item -> new Decision(
                        item.path("number").asLong(),
                        Instant.parse(item.path("at").asText()),
                        item.path("from").asInt(),
                        item.path("to").asInt(),
                        item.path("reason").asText()))
                .sorted(Comparator.comparingLong(Decision::number))
                .toList();
    }
}
