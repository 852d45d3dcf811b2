package io.bulwark.load.rival;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import java.util.List;

/** Answers in the form of Bulwark's contract. */
final class Answers {
    private Answers() {}

    /** What a limit decided. Times in microseconds. */
    record Decision(boolean allowed, long remaining, long resetMicros, long retryMicros) {}

    static HttpResponse json(int status, String json) {
        return HttpResponse.create()
                .withStatus(StatusCodes.get(status))
                .withEntity(ContentTypes.APPLICATION_JSON, json);
    }

    static HttpResponse nothing() {
        return HttpResponse.create().withStatus(StatusCodes.get(204));
    }

    /** The same for every request. */
    static HttpResponse constant() {
        return json(200, Constant.BODY).withHeaders(headers(Constant.POLICY, Constant.LEVEL));
    }

    static HttpResponse limit(Quota quota, Decision decision) {
        String name = '"' + quota.name() + '"';
        String members = "{\"allowed\":" + decision.allowed() + ",\"limit\":" + quota.capacity() + ",\"remaining\":"
                + decision.remaining() + ",\"resetAfter\":\"" + seconds(decision.resetMicros()) + "\"";
        String body = decision.allowed()
                ? members + "}"
                : members + ",\"retryAfter\":\"" + seconds(decision.retryMicros()) + "\"}";
        return json(decision.allowed() ? 200 : 429, body)
                .withHeaders(headers(
                        name + ";q=" + quota.capacity() + ";w=1",
                        name + ";r=" + decision.remaining() + ";t=" + (decision.resetMicros() / 1_000_000 + 1)));
    }

    private static String seconds(long micros) {
        String fraction = "00000" + micros % 1_000_000;
        return "PT" + micros / 1_000_000 + "." + fraction.substring(fraction.length() - 6) + "S";
    }

    private static List<HttpHeader> headers(String policy, String level) {
        return List.of(RawHeader.create("RateLimit-Policy", policy), RawHeader.create("RateLimit", level));
    }
}
