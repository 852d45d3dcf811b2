package io.bulwark.http.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreferencesTest {
    @ParameterizedTest(name = "{0} waits {1} s")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "wait=10, 10",
                "WAIT=10, 10",
                "wait=\"10\", 10",
                "wait = 10, 10",
                "wait=10; foo=bar, 10",
                "wait=0, 0",
                "wait=60, 60",
                "wait=61, 60",
                "wait=999999999, 60",
                "wait, -1",
                "wait=, -1",
                "wait=soon, -1",
                "wait=-1, -1",
                "waiting=10, -1",
                "`respond-async, wait=7`, 7",
                "`wait=5, wait=9`, 5",
                "`note=\"a, wait=9\", wait=4`, 4",
                "`note=\"a\\\", wait=9\", wait=3`, 3",
                "`note=\"open, wait=9`, -1",
            })
    void of_wait_isBoundedSeconds(String value, int seconds) {
        Optional<Duration> expected = seconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));

        assertThat(Preferences.of(request(value)).waitAtMost()).isEqualTo(expected);
    }

    @Test
    void of_otherPreferences_areKeptAsSent() {
        Preferences preferences = Preferences.of(request("respond-async, wait=5", "note=\"a, b\";x=1,return=minimal"));

        assertThat(preferences.others()).isEqualTo(List.of("respond-async", "note=\"a, b\";x=1", "return=minimal"));
    }

    @Test
    void of_onlyWait_leavesNothing() {
        assertThat(Preferences.of(request("wait=5")).others()).isEmpty();
    }

    private static HttpRequest request(String... values) {
        List<HttpHeader> headers = new ArrayList<>();
        for (String value : values) {
            headers.add(RawHeader.create("Prefer", value));
        }
        return HttpRequest.create("/").withHeaders(headers);
    }
}
