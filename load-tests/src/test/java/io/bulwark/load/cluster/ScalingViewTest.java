package io.bulwark.load.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ScalingViewTest {
    @Test
    void of_anEvaluation_isWhatItSays() throws JsonProcessingException {
        ScalingView view = ScalingView.of(json("""
                {"coordinator":"127.0.0.1:1","size":1,"desired":3,"recommended":2,"trouble":"no slots"}"""));

        assertThat(view).isEqualTo(new ScalingView("127.0.0.1:1", 1, 3, 2, "no slots"));
    }

    @Test
    void of_noEvaluationYet_isZero() throws JsonProcessingException {
        assertThat(ScalingView.of(json("{\"coordinator\":\"127.0.0.1:1\"}")))
                .isEqualTo(new ScalingView("127.0.0.1:1", 0, 0, 0, ""));
    }

    @Test
    void decisions_latestFirst_areTurnedRound() throws JsonProcessingException {
        assertThat(ScalingView.decisions(json("""
                {"items":[{"number":2,"at":"2026-01-01T00:00:09Z","from":3,"to":1,"reason":"less"},
                          {"number":1,"at":"2026-01-01T00:00:01Z","from":1,"to":3,"reason":"more"}]}""")))
                .containsExactly(
                        new ScalingView.Decision(1, Instant.parse("2026-01-01T00:00:01Z"), 1, 3, "more"),
                        new ScalingView.Decision(2, Instant.parse("2026-01-01T00:00:09Z"), 3, 1, "less"));
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return new JsonMapper().readTree(text);
    }
}
