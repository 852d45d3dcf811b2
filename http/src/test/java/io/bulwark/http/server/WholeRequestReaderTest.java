package io.bulwark.http.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawRequestURI;
import akka.util.ByteString;
import io.bulwark.http.framing.Bounds;
import io.bulwark.http.framing.RequestFramer;
import io.bulwark.http.framing.Verdict;
import io.bulwark.http.server.WholeRequestReader.Read;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WholeRequestReaderTest {
    private static final Bounds BOUNDS = new Bounds(1_024, 4_096, 20, 64, 100_000);
    private static final String POST = """
            POST /v1/tenants/acme/limits/requests/acquire?x=1 HTTP/1.1
            Host: 127.0.0.1:8080
            Content-Type: application/json
            Authorization: Bearer abc
            X-Two: a
            Content-Length: 10

            {"cost":1}""";

    private final WholeRequestReader reader = new WholeRequestReader(BOUNDS);

    private static ByteString bytes(String text) {
        return ByteString.fromArray(
                text.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(ISO_8859_1));
    }

    private static ByteString get(String lines) {
        return bytes("GET / HTTP/1.1\nHost: a\n" + lines + "\n");
    }

    private static List<String> headers(HttpRequest request) {
        return StreamSupport.stream(request.getHeaders().spliterator(), false)
                .map(header -> header.name() + "=" + header.value())
                .toList();
    }

    private static HttpRequest whole(Read read) {
        assertThat(read).isInstanceOf(Read.Whole.class);
        return ((Read.Whole) read).request();
    }

    @Test
    void aPlainRequest_isWhatAkkaWouldMakeOfIt() {
        HttpRequest request = whole(reader.read(bytes(POST)));

        assertThat(request.method().value()).isEqualTo("POST");
        assertThat(request.getHeader(RawRequestURI.class).orElseThrow().uri())
                .isEqualTo("/v1/tenants/acme/limits/requests/acquire?x=1");
        assertThat(headers(request))
                .containsExactly(
                        "Raw-Request-URI=/v1/tenants/acme/limits/requests/acquire?x=1",
                        "Host=127.0.0.1:8080",
                        "Authorization=Bearer abc",
                        "X-Two=a");
        assertThat(request.entity()).isInstanceOf(HttpEntity.Strict.class);
        assertThat(((HttpEntity.Strict) request.entity()).getData().utf8String())
                .isEqualTo("{\"cost\":1}");
        assertThat(request.entity().getContentType().toString()).isEqualTo("application/json");
    }

    @Test
    void whatFollows_isLeftForTheNextOne() {
        ByteString two = bytes(POST).concat(get(""));

        Read first = reader.read(two);
        Read second = reader.read(two.drop(((Read.Whole) first).bytes()));

        assertThat(((Read.Whole) first).bytes()).isEqualTo(bytes(POST).size());
        assertThat(headers(whole(second))).containsExactly("Raw-Request-URI=/", "Host=a");
    }

    @Test
    void withoutAType_aBodyIsOctets_andNoBodyHasNone() {
        HttpRequest octets = whole(reader.read(bytes("PUT / HTTP/1.1\nHost: a\nContent-Length: 2\n\nhi")));
        HttpRequest none = whole(reader.read(get("")));

        assertThat(octets.entity().getContentType().toString()).isEqualTo("application/octet-stream");
        assertThat(none.entity().getContentType().toString()).isEqualTo("none/none");
    }

    @Test
    void keepAlive_isTakenAndNotPassedOn() {
        assertThat(headers(whole(reader.read(get("Connection: Keep-Alive\n")))))
                .containsExactly("Raw-Request-URI=/", "Host=a");
    }

    @Test
    void close_isTakenAndMakesTheRequestTheLast() {
        assertThat(((Read.Whole) reader.read(get("Connection: Close\n"))).last())
                .isTrue();
        assertThat(((Read.Whole) reader.read(get(""))).last()).isFalse();
        assertThat(headers(whole(reader.read(get("Connection: close\n")))))
                .containsExactly("Raw-Request-URI=/", "Host=a");
    }

    @Test
    void everyBeginning_isIncomplete() {
        ByteString all = bytes(POST);
        for (int length = 1; length < all.size(); length++) {
            assertThat(reader.read(all.take(length)))
                    .as("the first %d bytes", length)
                    .isInstanceOf(Read.Incomplete.class);
        }
        assertThat(reader.read(all)).isInstanceOf(Read.Whole.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\n",
                "Expect: 100-continue\n",
                "Upgrade: h2c\n",
                "Connection: keep-alive, x\n",
                "Keep-Alive: timeout=5\n",
                "TE: trailers\n",
                "Trailer: x\n",
                "Host: b\n",
                "Content-Length: 4 4\n",
                "Content-Length: +4\n",
                "Content-Length: 18446744073709551620\n",
                "Content-Length: 70000\n",
                "Content-Length: 0\nContent-Length: 0\n",
                "Content-Type: a/b\nContent-Type: a/b\n",
                "Content-Type: nonsense\n",
                "X: \u00e9\n",
                "X: a\u0001b\n",
                " folded: x\n",
                "X : a\n",
                "X\n",
                ": a\n",
                "(: a\n",
            })
    void whatIsNotPlain_isForAkka(String line) {
        assertThat(reader.read(get(line))).isInstanceOf(Read.Special.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HEAD / HTTP/1.1",
                "CONNECT a:1 HTTP/1.1",
                "TRACE / HTTP/1.1",
                "get / HTTP/1.1",
                "GET / HTTP/1.0",
                "GET / HTTP/2.0",
                "GET  / HTTP/1.1",
                "GET http://a/ HTTP/1.1",
                "GET * HTTP/1.1",
                "GET /a%2Fb HTTP/1.1",
                "GET /a|b HTTP/1.1",
                "GET /\"a\" HTTP/1.1",
                "GET /a b HTTP/1.1",
                "GET /",
                "",
            })
    void aRequestLineThatIsNotPlain_isForAkka(String line) {
        assertThat(reader.read(bytes(line + "\nHost: a\n\n"))).isInstanceOf(Read.Special.class);
    }

    @Test
    void aBareLineFeed_isForTheFraming() {
        for (String text : List.of(
                "GET / HTTP/1.1\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\nX: y\r\n\r\n")) {
            assertThat(reader.read(ByteString.fromArray(text.getBytes(ISO_8859_1))))
                    .as(text)
                    .isInstanceOf(Read.Special.class);
        }
    }

    @Test
    void bounds_areTheFramings() {
        assertThat(reader.read(bytes("GET /" + "a".repeat(1_024) + " HTTP/1.1\nHost: a\n\n")))
                .isInstanceOf(Read.Special.class);
        assertThat(reader.read(get("x".repeat(65) + ": a\n"))).isInstanceOf(Read.Special.class);
        assertThat(reader.read(get("X: y\n".repeat(20)))).isInstanceOf(Read.Special.class);
        assertThat(reader.read(get("X: " + "y".repeat(4_096) + "\n"))).isInstanceOf(Read.Special.class);
        assertThat(reader.read(bytes("GET / HTTP/1.1\nX: " + "y".repeat(5_000))))
                .isInstanceOf(Read.Special.class);
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 300);
    }

    /** Random requests, mostly plain, with bytes changed here and there. */
    private static byte[] someRequest(SplittableRandom random) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "GET" : "POST")
                .append(" /t/")
                .append(random.nextInt(3))
                .append(" HTTP/1.1\r\nHost: h\r\n");
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append("X-")
                    .append(random.nextInt(3))
                    .append(":  v")
                    .append(random.nextInt(2))
                    .append("\t\r\n");
        }
        int length = random.nextInt(12);
        if (random.nextBoolean()) {
            text.append("Content-Length: ").append(length).append("\r\n\r\n").append("b".repeat(length));
        } else {
            text.append("\r\n");
        }
        byte[] bytes = text.toString().getBytes(ISO_8859_1);
        for (int i = random.nextInt(3); i > 1; i--) {
            String odd = "\r\n :/0aZ%\u00c3\u0000";
            bytes[random.nextInt(bytes.length)] = (byte) odd.charAt(random.nextInt(odd.length()));
        }
        return bytes;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whateverItTakes_theFramingTakesToo_withTheSameEnd(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 100; i++) {
            byte[] bytes = someRequest(random);
            if (new WholeRequestReader(BOUNDS).read(ByteString.fromArray(bytes)) instanceof Read.Whole whole) {
                RequestFramer framer = new RequestFramer(BOUNDS);
                assertThat(framer.read(ByteBuffer.wrap(bytes, 0, whole.bytes())))
                        .isEqualTo(new Verdict.Passed(whole.bytes()));
                assertThat(framer.heads()).isEqualTo(1);
                assertThat(framer.isBetweenRequests()).isTrue();
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatItHasSeenBefore_changesNothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> fresh = new ArrayList<>();
        List<String> used = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ByteString bytes = ByteString.fromArray(someRequest(random));
            fresh.add(shown(new WholeRequestReader(BOUNDS).read(bytes)));
            used.add(shown(reader.read(bytes)));
        }
        assertThat(used).isEqualTo(fresh);
    }

    private static String shown(Read read) {
        return switch (read) {
            case Read.Incomplete _ -> "incomplete";
            case Read.Special _ -> "special";
            case Read.Whole(HttpRequest request, int bytes, boolean last) ->
                bytes + " " + request.method().value() + " " + headers(request) + " " + request.entity();
        };
    }
}
