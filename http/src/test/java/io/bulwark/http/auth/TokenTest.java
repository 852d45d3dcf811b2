package io.bulwark.http.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import io.bulwark.grammar.Name;
import io.bulwark.http.server.RawClient;
import io.bulwark.http.server.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of "tokens" in what bad input gets: roles, tenants, times and credentials that are none. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenTest {
    private static final Instant NOW = TokenDesk.NOW;

    private TokenDesk desk;

    @BeforeAll
    void open(@TempDir Path directory) throws IOException, JOSEException {
        desk = new TokenDesk(directory);
    }

    @AfterAll
    void close() {
        desk.close();
    }

    @BeforeEach
    void resetClock() {
        desk.now.set(NOW);
    }

    @ParameterizedTest
    @CsvSource({
        // tenant, role, path, status
        "acme,  caller,   /tenants/acme/call,    200",
        "acme,  caller,   /tenants/other/call,   403",
        "acme,  caller,   /tenants/acme/view,    403",
        "acme,  caller,   /tenants/acme/change,  403",
        "acme,  viewer,   /tenants/acme/call,    403",
        "acme,  viewer,   /tenants/acme/view,    200",
        "acme,  viewer,   /tenants/other/view,   403",
        "acme,  viewer,   /tenants/acme/change,  403",
        "acme,  operator, /tenants/acme/view,    200",
        "acme,  operator, /tenants/acme/change,  200",
        "acme,  operator, /tenants/acme/call,    403",
        "acme,  operator, /cluster,              403",
        "acme,  admin,    /tenants/acme/call,    200",
        "acme,  admin,    /tenants/acme/change,  200",
        "acme,  admin,    /tenants/other/view,   403",
        "acme,  admin,    /cluster,              403",
        "*,     admin,    /tenants/other/call,   200",
        "*,     admin,    /cluster,              200",
        "*,     operator, /cluster,              200",
        "*,     viewer,   /cluster,              403",
        "acme,  viewer,   /any,                  200",
        "acme,  caller,   /any,                  403",
        "acme,  viewer,   /tenants/AC%20ME/view, 403",
    })
    void aRole_allowsWhatTheContractSays(String tenant, String role, String path, int status) throws IOException {
        Optional<Name> of = tenant.equals("*") ? Optional.empty() : Optional.of(new Name(tenant));
        String token = desk.mint().issue("t", of, EnumSet.of(Role.of(role).orElseThrow()), Duration.ofHours(1));

        RawClient.Answer answer = desk.get(path, "Authorization: Bearer " + token);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(status == 200 || answer.problem().equals("forbidden")).isTrue();
    }

    @Test
    void noToken_is401_withAChallenge_andAnOpenRouteNeedsNone() throws IOException {
        RawClient.Answer answer = desk.get("/tenants/acme/call");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.problem()).isEqualTo("unauthenticated");
        assertThat(answer.header("www-authenticate")).contains("Bearer");
        assertThat(desk.get("/open").status()).isEqualTo(200);
    }

    @Test
    void aToken_isTakenUntilItExpires_withTheSkew_thoughItIsRemembered() throws IOException {
        String token = desk.mint().issue("t", Optional.empty(), Set.of(Role.ADMIN), Duration.ofMinutes(10));
        assertThat(desk.status(token)).isEqualTo(200);
        desk.now.set(NOW.plus(Duration.ofMinutes(10)).plusSeconds(29));
        assertThat(desk.status(token)).isEqualTo(200);
        desk.now.set(NOW.plus(Duration.ofMinutes(10)).plusSeconds(30));
        assertThat(desk.status(token)).isEqualTo(401);
    }

    @Test
    void anExpiredToken_isRefused_whenItIsSeenForTheFirstTime() throws IOException {
        String token = desk.mint().issue("t", Optional.empty(), Set.of(Role.ADMIN), Duration.ofMinutes(10));
        desk.now.set(NOW.plus(Duration.ofMinutes(11)));
        desk.assertRefused(token, "expired");
    }

    @ParameterizedTest
    @CsvSource({
        "Basic dTpw",
        "Bearer",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer e30.e30.e30",
        "Token x",
        "Bearer Ã©",
    })
    void malformedCredentials_are401_andNotRepeated(String credentials) throws IOException {
        RawClient.Answer answer = desk.get("/tenants/acme/call", "Authorization: " + credentials);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("www-authenticate")).contains("Bearer error=\"invalid_token\"");
    }

    @Test
    void twoAuthorizationHeaders_are401_evenIfBothAreValid() throws IOException {
        String line = "Authorization: Bearer "
                + desk.mint().issue("t", Optional.empty(), Set.of(Role.ADMIN), Duration.ofMinutes(10));

        assertThat(desk.get("/any", line, line).status()).isEqualTo(401);
    }
}
