package io.bulwark.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.DateTime;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Connection;
import akka.http.javadsl.model.headers.Date;
import akka.http.javadsl.model.headers.RawHeader;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AnswerWriterTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00.999Z"));
    private final AnswerWriter writer = new AnswerWriter(now::get);

    private String written(HttpResponse response) {
        return writer.write(response, false).map(ByteString::utf8String).orElse("for Akka");
    }

    private static HttpResponse answer(int status) {
        return HttpResponse.create().withStatus(StatusCodes.get(status));
    }

    @Test
    void aWholeAnswer_isItsHeadersInOrder_thenDateTypeAndLength() {
        HttpResponse response = answer(201)
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, "{\"ü\":1}"))
                .addHeaders(List.of(RawHeader.create("X-B", "1"), RawHeader.create("X-A", "2")));

        assertThat(written(response))
                .isEqualTo("HTTP/1.1 201 Created\r\nX-B: 1\r\nX-A: 2\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"ü\":1}");
    }

    @Test
    void theDate_isThatOfTheClock_orTheOneThatIsThere() {
        written(answer(200));
        now.set(Instant.parse("2026-03-01T12:00:01Z"));

        assertThat(written(answer(200))).contains("\r\nDate: Sun, 01 Mar 2026 12:00:01 GMT\r\n");
        assertThat(written(answer(200).addHeader(Date.create(DateTime.create(2020, 1, 2, 3, 4, 5)))))
                .contains("\r\nDate: Thu, 02 Jan 2020 03:04:05 GMT\r\n")
                .doesNotContain("2026");
    }

    @Test
    void whereNoBodyMayBe_thereIsNoLength() {
        assertThat(written(answer(204)))
                .isEqualTo("HTTP/1.1 204 No Content\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\n\r\n");
        assertThat(written(answer(304))).doesNotContain("Content-");
        assertThat(written(answer(200))).contains("\r\nContent-Length: 0\r\n").doesNotContain("Content-Type");
    }

    @Test
    void theLastAnswerOfAConnection_saysSo() {
        HttpResponse last = answer(200).addHeader(Connection.create("close"));

        assertThat(written(last)).contains("\r\nConnection: close\r\n");
        assertThat(AnswerWriter.isLast(last)).isTrue();
        assertThat(AnswerWriter.isLast(answer(200))).isFalse();
    }

    @Test
    void whatTheEntityAndTheConnectionSay_isNotTakenFromHeaders() {
        HttpResponse odd = answer(200)
                .withEntity("hi")
                .addHeaders(List.of(
                        RawHeader.create("Content-Length", "7"),
                        RawHeader.create("Transfer-Encoding", "chunked"),
                        RawHeader.create("Content-Type", "a/b"),
                        RawHeader.create("Connection", "upgrade")));

        assertThat(written(odd))
                .isEqualTo("HTTP/1.1 200 OK\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\n"
                        + "Content-Type: text/plain; charset=UTF-8\r\nContent-Length: 2\r\n\r\nhi");
    }

    @Test
    void whatNeedsMoreThanCopying_isForAkka() {
        HttpResponse streamed = answer(200)
                .withEntity(HttpEntities.createChunked(
                        ContentTypes.APPLICATION_OCTET_STREAM, Source.single(ByteString.fromString("x"))));

        assertThat(written(streamed)).isEqualTo("for Akka");
        assertThat(written(answer(200).addHeader(RawHeader.create("X", "é")))).isEqualTo("for Akka");
        assertThat(written(answer(200).addHeader(RawHeader.create("X", "a\r\nY: b"))))
                .isEqualTo("for Akka");
    }
}
