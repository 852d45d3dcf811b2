package io.bulwark.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.drive.Answer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimAndCompleteTest {
    private final ClaimAndComplete work =
            new ClaimAndComplete(URI.create("http://127.0.0.1:8080"), "a-token", List.of("one", "two"));

    @Test
    void request_ofEachNumber_claimsAKeyOfItsOwnForTheTenantsInTurn() {
        assertThat(text(work.request(7)))
                .startsWith("POST /v1/tenants/two/operations/o-7/claim HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n")
                .contains("Authorization: Bearer a-token\r\n")
                .endsWith("\r\n\r\n{\"fingerprint\":\"soak\"}");
    }

    @Test
    void next_afterTheClaim_completesUnderItsToken() {
        String request = text(work.next(8, 0, answer(201, "{\"token\":4711,\"leaseUntil\":\"x\"}")));

        String body = request.substring(request.indexOf("\r\n\r\n") + 4);
        assertThat(request).startsWith("POST /v1/tenants/one/operations/o-8/complete ");
        assertThat(request).contains("Content-Length: " + body.length() + "\r\n");
        assertThat(body).contains("\"token\":4711,");
    }

    @Test
    void next_afterTheCompletion_isNothing() {
        assertThat(work.next(8, 1, answer(204, ""))).isSameAs(ClaimAndComplete.NOTHING_MORE);
    }

    @Test
    void next_afterAClaimWithoutToken_saysWhatCame() {
        assertThatThrownBy(() -> work.next(8, 0, answer(201, "{}")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'{}'");
    }

    private static String text(byte[] request) {
        return new String(request, StandardCharsets.ISO_8859_1);
    }

    private static Answer answer(int status, String body) {
        byte[] bytes = (body + "rest of the buffer").getBytes(StandardCharsets.UTF_8);
        return new Answer() {
            @Override
            public int status() {
                return status;
            }

            @Override
            public byte[] body() {
                return bytes;
            }

            @Override
            public int length() {
                return body.length();
            }
        };
    }
}
