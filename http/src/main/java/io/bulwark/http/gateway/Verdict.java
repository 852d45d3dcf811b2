package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpResponse;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/** What came of a call to a service. */
sealed interface Verdict {
    /**
     * The service answered.
     *
     * @param response as it came from the service; its body may still be under way
     * @param sentAt when the request was sent
     * @param bodyEnd how the body ended
     */
    record Answered(HttpResponse response, Instant sentAt, CompletionStage<BodyEnd> bodyEnd) implements Verdict {}

    /** No target could be reached; nothing was sent. */
    record Unreachable(String why) implements Verdict {}

    /** Sent, and no answer in time. */
    record TimedOut(String why) implements Verdict {}

    /** Sent, and the connection ended before the answer, or the answer was not HTTP. */
    record BrokeOff(String why) implements Verdict {}

    /** As many calls as the policy allows are in flight; nothing was sent. */
    record Busy() implements Verdict {}
}
