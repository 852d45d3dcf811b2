package io.bulwark.http.gateway;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.util.ByteString;
import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Body;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Turns a service's answer into its record, and the record into the answer that every client of the operation gets; the
 * first one too, so that all get the same bytes.
 *
 * <p>Recorded are the status, the body and the headers that pass to a client, except those that belong to one moment or
 * one client: {@code Date}, {@code Set-Cookie}, the service's own rate limits and trace headers. The first client gets
 * those as well.
 */
final class Replay {
    /** Says that an answer is from the record. */
    static final String REPLAYED = "Idempotent-Replayed";

    private static final Set<String> OF_ONE_MOMENT = Set.of(
            "date",
            "set-cookie",
            "age",
            "ratelimit",
            "ratelimit-policy",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "traceparent",
            "tracestate",
            "traceresponse",
            "server-timing");

    private static final String CONTENT_TYPE = "content-type";

    private Replay() {}

    /** The record of an answer whose body is known. */
    static Answer record(HttpResponse response, ByteString body) {
        return Answer.of(response.status().intValue(), recorded(response), Body.wrap(body.toArrayUnsafe()));
    }

    /** The record of an answer whose body is too large to be kept. */
    static Answer recordWithoutBody(HttpResponse response) {
        return new Answer(response.status().intValue(), recorded(response), Body.EMPTY, false);
    }

    /** The answer for the first client: what is recorded, and what belongs to this moment. */
    static HttpResponse first(Answer answer, HttpResponse fromService, List<HttpHeader> limits) {
        List<HttpHeader> headers = new ArrayList<>();
        HeaderHygiene.toClient(fromService).stream()
                .filter(header -> !isRecorded(header))
                .forEach(headers::add);
        return response(answer, fromService.entity().getContentType(), headers, limits);
    }

    /** The answer for everyone after the first; fails with 409 when the body was not kept. */
    static HttpResponse again(Answer answer, List<HttpHeader> limits) {
        if (!answer.kept()) {
            throw GatewayProblems.answerNotKept(limits, answer.status());
        }
        return response(answer, contentType(answer), List.of(RawHeader.create(REPLAYED, "true")), limits);
    }

    /** A service's answer as it passes to the client, its body as it comes. */
    static HttpResponse passed(HttpResponse fromService, List<HttpHeader> limits) {
        return HttpResponse.create()
                .withStatus(fromService.status())
                .withHeaders(merged(HeaderHygiene.toClient(fromService), limits))
                .withEntity(fromService.entity());
    }

    private static ContentType contentType(Answer answer) {
        for (Answer.Header header : answer.headers()) {
            if (header.name().equals(CONTENT_TYPE)) {
                return AnswerHead.contentType(header.value());
            }
        }
        return ContentTypes.NO_CONTENT_TYPE;
    }

    private static HttpResponse response(
            Answer answer, ContentType type, List<HttpHeader> ofThisMoment, List<HttpHeader> limits) {
        List<HttpHeader> headers = new ArrayList<>();
        for (Answer.Header header : answer.headers()) {
            if (!header.name().equals(CONTENT_TYPE)) {
                headers.add(HeaderHygiene.rendered(RawHeader.create(header.name(), header.value())));
            }
        }
        headers.addAll(ofThisMoment);
        return HttpResponse.create()
                .withStatus(AnswerHead.status(answer.status()))
                .withHeaders(merged(headers, limits))
                .withEntity(HttpEntities.create(
                        type, ByteString.fromArrayUnsafe(answer.body().unwrap())));
    }

    /** Bulwark's limits stand for the service's own, of which a client could not tell whose they are. */
    private static List<HttpHeader> merged(List<HttpHeader> headers, List<HttpHeader> limits) {
        List<HttpHeader> merged = new ArrayList<>(headers);
        merged.removeIf(header ->
                limits.stream().anyMatch(limit -> limit.lowercaseName().equals(header.lowercaseName())));
        merged.addAll(limits);
        return merged;
    }

    private static List<Answer.Header> recorded(HttpResponse response) {
        List<Answer.Header> headers = new ArrayList<>();
        ContentType type = response.entity().getContentType();
        if (!type.equals(ContentTypes.NO_CONTENT_TYPE)) {
            headers.add(new Answer.Header(CONTENT_TYPE, type.toString()));
        }
        for (HttpHeader header : HeaderHygiene.toClient(response)) {
            if (isRecorded(header)) {
                headers.add(new Answer.Header(header.name(), header.value()));
            }
        }
        return headers;
    }

    private static boolean isRecorded(HttpHeader header) {
        return !OF_ONE_MOMENT.contains(header.name().toLowerCase(Locale.ROOT));
    }
}
