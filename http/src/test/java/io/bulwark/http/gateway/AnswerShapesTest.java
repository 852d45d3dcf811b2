package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.StreamConverters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms that an answer may have on the wire (RFC 9112, 6 and 7), and what becomes of them. */
class AnswerShapesTest extends UpstreamRig {
    private static final String UMLAUTS = "äöü→";

    @Test
    void answerToHead_saysItsLength_hasNoBody_andKeepsTheConnection() {
        RawService service = service(exchange -> exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
        Upstream upstream = upstream(PATIENT, service.address());

        for (int i = 0; i < 2; i++) {
            Verdict.Answered answered = answered(upstream, HttpRequest.HEAD("/"));
            assertThat(answered.response().entity().getContentLengthOption()).hasValue(1000);
            assertThat(answered.bodyEnd().toCompletableFuture()).isCompletedWithValue(BodyEnd.COMPLETE);
        }
        assertThat(service.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void statusWithoutBody_isWholeWithItsHead(int status) {
        RawService service = service(exchange -> exchange.write("HTTP/1.1 " + status + " Nothing\r\n\r\n"));
        Upstream upstream = upstream(PATIENT, service.address());

        assertThat(body(call(upstream))).isEmpty();
        assertThat(body(call(upstream))).isEmpty();
        assertThat(service.connections()).isEqualTo(1);
    }

    @Test
    void chunked_inPieces_isJoined_andKeepsTheConnection() {
        CountDownLatch headSeen = new CountDownLatch(1);
        RawService service = service(exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            exchange.waitFor(headSeen);
            exchange.write("6;x=y\r\nsecond\r\n0\r\nX-Trailer: 1\r\n\r\n");
        });
        Upstream upstream = upstream(PATIENT, service.address());

        Verdict first = call(upstream);
        headSeen.countDown();

        assertThat(body(first)).isEqualTo("firstsecond");
        assertThat(body(call(upstream))).isEqualTo("firstsecond");
        assertThat(service.connections()).isEqualTo(1);
    }

    @Test
    void withoutLength_endsWithTheConnection() {
        RawService service = service(exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\n\r\nto the end");
            exchange.close();
        });

        assertThat(body(call(upstream(PATIENT, service.address())))).isEqualTo("to the end");
    }

    @Test
    void oldProtocol_isAnswered_andTheConnectionNotKept() {
        RawService service = service(exchange -> exchange.write("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        Upstream upstream = upstream(PATIENT, service.address());

        assertThat(body(call(upstream))).isEqualTo("ok");
        assertThat(body(call(upstream))).isEqualTo("ok");
        assertThat(service.connections()).isEqualTo(2);
    }

    @Test
    void switchingProtocols_wasNotAskedFor_brokeOff() {
        RawService service =
                service(exchange -> exchange.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"));

        assertThat(call(upstream(PATIENT, service.address()))).isInstanceOf(Verdict.BrokeOff.class);
    }

    @Test
    void answerThatNobodyAskedFor_isNotTakenForTheNextCalls() {
        RawService service = service(exchange -> exchange.write(OK
                + (exchange.request().line().contains("/first")
                        ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale"
                        : "")));
        Upstream upstream = upstream(PATIENT, service.address());

        for (int i = 0; i < 20; i++) {
            assertThat(body(call(upstream, "/first"))).isEqualTo("ok");
            assertThat(call(upstream, "/second"))
                    .satisfiesAnyOf(
                            verdict -> assertThat(body(verdict)).isEqualTo("ok"),
                            verdict -> assertThat(verdict).isInstanceOf(Verdict.BrokeOff.class));
        }
    }

    @Test
    void contentType_absent_none_andOneThatIsNone_anyBytes() {
        RawService service = service(exchange -> exchange.write(OK));
        Upstream upstream = upstream(PATIENT, service.address());
        assertThat(response(call(upstream)).entity().getContentType()).isEqualTo(ContentTypes.NO_CONTENT_TYPE);

        service.script(exchange -> exchange.write("HTTP/1.1 200 OK\r\nContent-Type: ???\r\nContent-Length: 0\r\n\r\n"));
        assertThat(response(call(upstream)).entity().getContentType()).isEqualTo(ContentTypes.APPLICATION_OCTET_STREAM);
    }

    @Test
    void headers_ofMoreThanAscii_passUnchangedInBothDirections() {
        String octets = new String(UMLAUTS.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        RawService service = service(
                exchange -> exchange.write("HTTP/1.1 200 OK\r\nX-Name: " + octets + "\r\nContent-Length: 0\r\n\r\n"));
        HttpRequest request = HttpRequest.GET("/").addHeader(RawHeader.create("X-Name", UMLAUTS));

        HttpResponse response =
                answered(upstream(PATIENT, service.address()), request).response();

        assertThat(response.getHeader("X-Name").map(HttpHeader::value)).hasValue(UMLAUTS);
        assertThat(service.requests().getFirst().headers("X-Name"))
                .singleElement()
                .satisfies(sent -> assertThat(sent.getBytes(StandardCharsets.ISO_8859_1))
                        .isEqualTo(UMLAUTS.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void head_ofALongCookie_isTaken_andOneBeyondTheBound_brokeOff() {
        RawService service = service(exchange -> exchange.write(
                "HTTP/1.1 200 OK\r\nSet-Cookie: a=" + "x".repeat(64 * 1024) + "\r\nContent-Length: 0\r\n\r\n"));
        assertThat(call(upstream(PATIENT, service.address()))).isInstanceOf(Verdict.Answered.class);

        service.script(exchange -> exchange.write(
                "HTTP/1.1 200 OK\r\nSet-Cookie: a=" + "x".repeat(256 * 1024) + "\r\nContent-Length: 0\r\n\r\n"));
        assertThat(call(upstream(PATIENT, service.address()))).isInstanceOf(Verdict.BrokeOff.class);
    }

    /** What a reader does not take is left with the service, not gathered here. */
    @Test
    void largeBody_whoseReaderIsSlow_isHeldBackAtTheService() throws IOException {
        int parts = 1_024;
        String part = "x".repeat(64 * 1024);
        AtomicLong written = new AtomicLong();
        RawService service = service(exchange -> {
            exchange.write("HTTP/1.1 200 OK\r\nContent-Length: " + (long) parts * part.length() + "\r\n\r\n");
            for (int i = 0; i < parts; i++) {
                exchange.write(part);
                written.addAndGet(part.length());
            }
        });
        Upstream upstream = upstream(PATIENT, service.address());

        HttpResponse response = response(call(upstream));
        try (InputStream body =
                response.entity().getDataBytes().runWith(StreamConverters.asInputStream(PATIENT), kit.system())) {
            assertThat(body.read()).isEqualTo('x');
            AtomicLong last = new AtomicLong(-1);
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> last.getAndSet(written.get()) == written.get());
            assertThat(written.get()).isLessThan((long) parts * part.length() / 2);

            assertThat(body.readAllBytes()).hasSize(parts * part.length() - 1);
        }
        Awaitility.await().until(() -> upstream.inFlight() == 0);
    }

    private static Verdict.Answered answered(Upstream upstream, HttpRequest request) {
        Verdict verdict = upstream.send(Outgoing.strict(request, "/x"))
                .toCompletableFuture()
                .join();
        assertThat(verdict).isInstanceOf(Verdict.Answered.class);
        return (Verdict.Answered) verdict;
    }

    private static HttpResponse response(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Answered.class);
        return ((Verdict.Answered) verdict).response();
    }
}
