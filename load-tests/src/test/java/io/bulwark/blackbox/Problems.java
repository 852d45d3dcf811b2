package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.load.client.Reply;

/** What every problem document of the contract is like (RFC 9457). */
final class Problems {
    private Problems() {}

    /** A whole problem document of this status and name, whose detail contains this. */
    static void assertProblem(Reply reply, int status, String name, String inDetail) {
        assertThat(reply.status()).as("%s", reply).isEqualTo(status);
        assertThat(reply.problem()).as("%s", reply).hasValue(name);
        JsonNode document = reply.json();
        assertThat(document.path("status").asInt()).isEqualTo(status);
        assertThat(document.path("title").asText()).as("title of %s", reply).isNotBlank();
        assertThat(document.path("detail").asText())
                .as("detail of %s", reply)
                .isNotBlank()
                .contains(inDetail);
        assertThat(document.path("traceId").asText()).as("traceId of %s", reply).matches("[0-9a-f]{32}");
    }

    /** A whole problem document of this status and name. */
    static void assertProblem(Reply reply, int status, String name) {
        assertProblem(reply, status, name, "");
    }

    /** Such a problem that says when to come again: a number of seconds above zero. */
    static void assertRetryableProblem(Reply reply, int status, String name) {
        assertProblem(reply, status, name);
        assertThat(reply.header("Retry-After"))
                .as("Retry-After of %s", reply)
                .hasValueSatisfying(
                        seconds -> assertThat(Long.parseLong(seconds)).isPositive());
    }
}
