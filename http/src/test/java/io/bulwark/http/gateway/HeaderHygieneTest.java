package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.RemoteAddress;
import io.bulwark.http.gateway.RawClient.Response;
import io.bulwark.http.gateway.RawService.Request;
import io.bulwark.http.idempotency.Preferences;
import io.bulwark.http.server.TraceContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service sees of a request, and the client of an answer, byte by byte on real sockets. */
class HeaderHygieneTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private final GatewayFixture fixture = new GatewayFixture();
    private final RawService service = RawService.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

    HeaderHygieneTest() {
        fixture.services.put("payments", GatewayFixture.policy(service.address() + "/base/"));
    }

    @AfterEach
    void close() {
        service.close();
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "charges",
                "charges/1",
                "a//b/",
                "%41~%7E;v=1/a+b%20c",
                "x?",
                "x?a=1&b=%2F+%20&&c",
                "x?q='()*!$,:@/?&é=%c3%a9",
                "%c3%a4"
            })
    void pathAndQuery_reachTheServiceByteForByte(String rest) {
        String ascii = rest.replace("é", "%C3%A9");

        assertThat(fixture.client.call("GET", "/t/acme/payments/" + ascii, "").status())
                .isEqualTo(200);

        assertThat(service.requests().getFirst().line()).isEqualTo("GET /base/" + ascii + " HTTP/1.1");
    }

    @Test
    void bulwarksAuthorization_isNotForwarded() {
        assertThat(sent("Authorization: Bearer secret").header("Authorization")).isEmpty();
    }

    @Test
    void host_isTheTargets() {
        assertThat(sent().headers("Host")).containsExactly(service.address().replace("http://", ""));
    }

    @Test
    void hopByHopHeaders_areNotForwarded_norWhatConnectionNames() {
        Request request = sent(
                "Keep-Alive: timeout=5",
                "Proxy-Authorization: Basic x",
                "Proxy-Connection: keep-alive",
                "TE: trailers",
                "Trailer: X-End",
                "Upgrade: websocket",
                "X-Kept: yes",
                "X-Named: no");
        Request named = sentRaw("Connection: close, X-Named, x-other", "X-Named: no", "X-Other: no", "X-Kept: yes");

        assertThat(List.of("Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Upgrade"))
                .allSatisfy(name -> assertThat(request.headers(name)).as(name).isEmpty());
        assertThat(request.header("X-Kept")).contains("yes");
        assertThat(named.headers("X-Named")).isEmpty();
        assertThat(named.headers("X-Other")).isEmpty();
        assertThat(named.header("X-Kept")).contains("yes");
    }

    @Test
    void forwardedHeaders_ofTheClient_areReplaced() {
        Request request = sent(
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil",
                "X-Forwarded-Port: 1",
                "Forwarded: for=6.6.6.6");

        assertThat(request.headers("X-Forwarded-Proto")).containsExactly("http");
        assertThat(request.headers("X-Forwarded-Host")).containsExactly("bulwark.test");
        assertThat(request.headers("X-Forwarded-For")).doesNotContain("6.6.6.6");
        assertThat(request.headers("X-Forwarded-Port")).isEmpty();
        assertThat(request.headers("Forwarded")).isEmpty();
    }

    @Test
    void toService_addressOfTheClientIsKnown_isForwarded() throws Exception {
        HttpRequest request = HttpRequest.create("http://bulwark.test/")
                .addAttribute(AttributeKeys.remoteAddress, RemoteAddress.create(InetAddress.getByName("192.0.2.7")));

        var headers = HeaderHygiene.toService(
                request, new Preferences(Optional.empty(), List.of()), TraceContext.begin(new SplittableRandom(1)));

        assertThat(headers).anySatisfy(header -> assertThat(header).hasToString("X-Forwarded-For: 192.0.2.7"));
    }

    @Test
    void trace_isContinued_andTracestateKeptWithIt() {
        Request request = sent("traceparent: 00-" + TRACE + "-b7ad6b7169203331-01", "tracestate: vendor=1");

        assertThat(request.header("traceparent").orElseThrow())
                .startsWith("00-" + TRACE + "-")
                .doesNotContain("b7ad6b7169203331");
        assertThat(request.header("tracestate")).contains("vendor=1");
    }

    @Test
    void trace_invalid_isBegun_andTracestateDropped() {
        Request request = sent("traceparent: 00-" + TRACE + "-0000000000000000-01", "tracestate: vendor=1");

        assertThat(request.header("traceparent").orElseThrow()).doesNotContain(TRACE);
        assertThat(request.header("tracestate")).isEmpty();
    }

    @Test
    void idempotencyKey_isForwarded() {
        assertThat(sent("Idempotency-Key: \"k1\"").header("Idempotency-Key")).contains("\"k1\"");
    }

    @Test
    void prefer_waitIsTakenOut_othersPass() {
        assertThat(sent("Prefer: wait=1").headers("Prefer")).isEmpty();
        service.requests().clear();
        assertThat(sent("Prefer: respond-async, wait=1", "Prefer: return=minimal")
                        .headers("Prefer"))
                .containsExactly("respond-async, return=minimal");
    }

    @Test
    void userAgent_isTheClientsOrNone() {
        assertThat(sent().headers("User-Agent")).isEmpty();
        service.requests().clear();
        assertThat(sent("User-Agent: curl/8 (x; \"y\")").headers("User-Agent")).containsExactly("curl/8 (x; \"y\")");
    }

    @Test
    void otherHeaders_passAsTheyWereWritten() {
        Request request = sent(
                "Accept: text/html;q=0.8 ,*/*;q=.1",
                "Cookie: a=b; c=\"d\"",
                "Cache-Control: max-age=0,no-store",
                "If-None-Match: W/\"x\",\"y\"",
                "X-Real: Ünïcode");

        assertThat(request.headers("Accept")).containsExactly("text/html;q=0.8 ,*/*;q=.1");
        assertThat(request.headers("Cookie")).containsExactly("a=b; c=\"d\"");
        assertThat(request.headers("Cache-Control")).containsExactly("max-age=0,no-store");
        assertThat(request.headers("If-None-Match")).containsExactly("W/\"x\",\"y\"");
    }

    @Test
    void expectContinue_isAnsweredHere_andNotForwarded() {
        fixture.client.call("PUT", "/t/acme/payments/x", "body", "Expect: 100-continue");

        assertThat(service.requests().getFirst().headers("Expect")).isEmpty();
        assertThat(service.requests().getFirst().text()).isEqualTo("body");
    }

    @Test
    void answer_hopByHopHeaders_areNotPassed_othersAreAsTheyWereWritten() {
        service.script(exchange -> exchange.write(RawService.message(
                "ok",
                "HTTP/1.1 200 OK",
                "Connection: keep-alive, X-Named",
                "X-Named: no",
                "Keep-Alive: timeout=5",
                "Proxy-Authenticate: Basic",
                "Idempotent-Replayed: true",
                "Set-Cookie: a=b; Path=/; odd=1",
                "Set-Cookie: c=d",
                "Server: own/1 (x)",
                "ETag: W/\"abc\"",
                "Cache-Control: max-age=1,private",
                "Vary: *",
                "X-Empty:",
                "Content-Type: text/plain; charset=UTF-8",
                "Content-Length: 2")));

        Response response = fixture.client.call("GET", "/t/acme/payments/x", "");

        assertThat(List.of("X-Named", "Keep-Alive", "Proxy-Authenticate", "Idempotent-Replayed"))
                .allSatisfy(name -> assertThat(response.headers(name)).as(name).isEmpty());
        assertThat(response.headers("Set-Cookie")).containsExactly("a=b; Path=/; odd=1", "c=d");
        assertThat(response.headers("Server")).containsExactly("own/1 (x)");
        assertThat(response.headers("ETag")).containsExactly("W/\"abc\"");
        assertThat(response.headers("Cache-Control")).containsExactly("max-age=1,private");
        assertThat(response.headers("Vary")).containsExactly("*");
        assertThat(response.headers("Content-Type")).containsExactly("text/plain; charset=UTF-8");
        assertThat(response.headers("Content-Length")).containsExactly("2");
    }

    @Test
    void answer_redirect_isPassedAndNotFollowed() {
        service.script(exchange ->
                exchange.write("HTTP/1.1 302 Found\r\nLocation: /elsewhere?x=%2F\r\nContent-Length: 0\r\n\r\n"));

        Response response = fixture.client.call("GET", "/t/acme/payments/x", "");

        assertThat(response.status()).isEqualTo(302);
        assertThat(response.header("Location")).contains("/elsewhere?x=%2F");
        assertThat(service.requests()).hasSize(1);
    }

    @Test
    void answer_ofHead_hasTheLengthAndNoBody() {
        service.script(exchange -> exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"));

        Response response = fixture.client.call("HEAD", "/t/acme/payments/x", "", "Idempotency-Key: k1");

        assertThat(response.headers("Content-Length")).containsExactly("5000");
        assertThat(response.body().length()).isZero();
        assertThat(fixture.client.call("HEAD", "/t/acme/payments/x", "").status())
                .isEqualTo(200);
        assertThat(service.connections()).isEqualTo(1);
    }

    @Test
    void contentType_ofRequest_isTheSameMediaType() {
        assertThat(sent("Content-Type: application/vnd.x+json; v=1").header("Content-Type"))
                .contains("application/vnd.x+json; v=1");
    }

    private Request sent(String... headers) {
        fixture.client.call("PUT", "/t/acme/payments/x", "{}", headers);
        return service.requests().getFirst();
    }

    /** With a {@code Connection} header of the test's. */
    private Request sentRaw(String... headers) {
        service.requests().clear();
        String lines = String.join("\r\n", Arrays.asList(headers));
        try (var socket = fixture.client.openRaw(
                "GET /t/acme/payments/x HTTP/1.1\r\nHost: bulwark.test\r\n" + lines + "\r\n\r\n")) {
            Response.read(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return service.requests().getFirst();
    }
}
