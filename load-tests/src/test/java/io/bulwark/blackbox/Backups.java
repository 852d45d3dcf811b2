package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.node.Wait;
import java.time.Duration;
import java.util.Set;

/** What a person does with backups over HTTP: ask for one, and look until it is there. */
final class Backups {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Set<String> OVER = Set.of("done", "failed", "cancelled");

    private Backups() {}

    /** Asks for a backup, waits until it is there, and answers its id. */
    static String take(BulwarkClient client, String wish) {
        JsonNode run = awaitEnd(client, begin(client, "/v1/backups", wish));
        assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("done");
        return run.path("backup").asText();
    }

    /** Asks for something and answers the number of its run. */
    static long begin(BulwarkClient client, String path, String wish) {
        Reply asked = client.post(path, wish);
        assertThat(asked.status()).as(asked.toString()).isEqualTo(202);
        return asked.json().path("run").asLong();
    }

    /** The run when it is over. */
    static JsonNode awaitEnd(BulwarkClient client, long run) {
        Wait.until(
                "run " + run,
                PATIENCE,
                () -> OVER.contains(state(client, run)),
                () -> run(client, run).toString());
        return run(client, run);
    }

    static String state(BulwarkClient client, long run) {
        return run(client, run).path("state").asText();
    }

    static JsonNode run(BulwarkClient client, long run) {
        return client.get("/v1/backups/runs/" + run).json();
    }

    static JsonNode status(BulwarkClient client) {
        return client.get("/v1/backups/status").json();
    }

    /** Has the log archived so, and nothing done on schedule. */
    static void archive(BulwarkClient client, String mode) {
        assertThat(client.put("/v1/backups/policy", "{\"archive\":\"" + mode + "\",\"schedules\":[]}")
                        .status())
                .isEqualTo(200);
    }

    /** Waits until the status says so. */
    static void awaitStatus(BulwarkClient client, String pointer, String value) {
        Wait.until(
                pointer + " " + value,
                PATIENCE,
                () -> status(client).at(pointer).asText().equals(value),
                () -> status(client).toString());
    }
}
