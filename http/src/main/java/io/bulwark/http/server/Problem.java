package io.bulwark.http.server;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An error as a client sees it (RFC 9457).
 *
 * @param status HTTP status, 400 to 599
 * @param name what {@code urn:bulwark:problem:} continues with; stands for the kind of error, and never changes
 * @param title the kind of error in a few words, the same for every occurrence
 * @param detail what was wrong with this call, and what to do
 * @param members further members of the document; their names are not those of the standard ones
 * @param retryAfter present when a later try can succeed
 */
public record Problem(
        int status,
        String name,
        String title,
        String detail,
        Map<String, Object> members,
        Optional<Duration> retryAfter) {
    /** What every {@code type} begins with. */
    public static final String TYPE_PREFIX = "urn:bulwark:problem:";

    /** {@code application/problem+json}. */
    public static final ContentType.WithFixedCharset CONTENT_TYPE = ContentTypes.create(
            MediaTypes.customWithFixedCharset("application", "problem+json", HttpCharsets.UTF_8, Map.of(), true));

    public Problem {
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("The status is " + status + ": expected 400 to 599");
        }
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** A problem without further members, that trying again does not mend. */
    public static Problem of(int status, String name, String title, String detail) {
        return new Problem(status, name, title, detail, Map.of(), Optional.empty());
    }

    /** 400: the call cannot be understood. */
    public static Problem badRequest(String name, String detail) {
        return of(400, name, "The request is not valid", detail);
    }

    /** 404: what the path names is not there. */
    public static Problem notFound(String name, String detail) {
        return of(404, name, "Not found", detail);
    }

    /** 409: the call does not fit the state of what it is about. */
    public static Problem conflict(String name, String title, String detail) {
        return of(409, name, title, detail);
    }

    /** 503: the call could not be served now, and may be after that time. */
    public static Problem unavailable(String name, String title, String detail, Duration retryAfter) {
        return of(503, name, title, detail).withRetryAfter(retryAfter);
    }

    /** The same problem with one more member. */
    public Problem with(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(member, value);
        return new Problem(status, name, title, detail, more, retryAfter);
    }

    /** The same problem, which may be gone after that time. */
    public Problem withRetryAfter(Duration after) {
        return new Problem(status, name, title, detail, members, Optional.of(after));
    }

    /** The same problem with another sentence about this call. */
    public Problem withDetail(String text) {
        return new Problem(status, name, title, text, members, retryAfter);
    }

    /** Ends the call with this problem. */
    public ProblemException exception() {
        return new ProblemException(this);
    }

    /** The answer: the document, and {@code Retry-After} if there is something to wait for. */
    public HttpResponse response(TraceContext trace) {
        HttpResponse bare = HttpResponse.create()
                .withStatus(StatusCodes.get(status))
                .withEntity(HttpEntities.create(CONTENT_TYPE, Json.write(document(trace))));
        return retryAfter
                .map(after -> bare.addHeader(RawHeader.create("Retry-After", Long.toString(wholeSeconds(after)))))
                .orElse(bare);
    }

    /** Rounded up, so that who waits that long does not come too early. */
    static long wholeSeconds(Duration after) {
        return after.isNegative() ? 0 : after.plusNanos(999_999_999).toSeconds();
    }

    private Map<String, Object> document(TraceContext trace) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", TYPE_PREFIX + name);
        document.put("title", title);
        document.put("status", status);
        document.put("detail", detail);
        document.putAll(members);
        document.put("traceId", trace.traceId());
        return document;
    }
}
