package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Decisions as server-sent events. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ScalingFeedTest {
    private static final String EVENTS = "/v1/scaling/events";

    private ContractFixture fixture;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static BufferedReader lines(HttpResponse<InputStream> answer) {
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    /** The fields of the next event; comments are signs of life. */
    private static List<String> event(BufferedReader lines) throws IOException {
        List<String> event = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty() && !event.isEmpty()) {
                return event;
            }
            if (!line.isEmpty() && !line.startsWith(":")) {
                event.add(line);
            }
        }
        return event;
    }

    @Test
    void decision_thatIsMade_isSentWithItsNumber() throws Exception {
        HttpResponse<InputStream> answer = fixture.read(EVENTS);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        try (BufferedReader lines = lines(answer)) {
            await().until(() -> fixture.scaling.followers.size() == 1);
            fixture.scaling.followers.forEach(follower -> follower.accept(StandInScaling.decision(8)));

            List<String> event = event(lines);

            assertThat(event).startsWith("id: 8", "event: decision");
            assertThat(event.getLast()).startsWith("data: {\"number\":8,").contains("\"reason\":\"From 2 to 3 nodes");
        }
    }

    @Test
    void reader_thatComesAgain_getsWhatItMissed() throws Exception {
        try (BufferedReader lines = lines(fixture.read(EVENTS, "Last-Event-ID", "6"))) {
            assertThat(event(lines)).contains("id: 7");
        }
    }

    /** When something is sent next, be it a sign of life: before, nothing says that it has gone. */
    @Test
    void reader_thatGoes_isForgotten() throws Exception {
        try (BufferedReader lines = lines(fixture.read(EVENTS))) {
            lines.readLine();
            await().until(() -> fixture.scaling.followers.size() == 1);
        }
        await().until(() -> {
            fixture.scaling.followers.forEach(follower -> follower.accept(StandInScaling.decision(9)));
            return fixture.scaling.followers.isEmpty();
        });
    }

    @Test
    void reader_thatIsTooSlow_isDisconnected() throws Exception {
        try (BufferedReader lines = lines(fixture.read(EVENTS))) {
            await().until(() -> fixture.scaling.followers.size() == 1);
            for (int number = 8; number < 100_000 && !fixture.scaling.followers.isEmpty(); number++) {
                int decided = number;
                fixture.scaling.followers.forEach(follower -> follower.accept(StandInScaling.decision(decided)));
            }
            while (lines.readLine() != null) {
                // To the end, of which there would be none.
            }
        }
    }

    @Test
    void lastEventId_thatIsNoNumber_isRefused() {
        assertThat(fixture.read(EVENTS, "Last-Event-ID", "latest").statusCode()).isEqualTo(400);
    }
}
