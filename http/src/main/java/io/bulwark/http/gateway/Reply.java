package io.bulwark.http.gateway;

import akka.http.javadsl.model.HttpResponse;
import java.util.concurrent.CompletionStage;

/** What came back on one connection to one target. */
sealed interface Reply {
    /** The head of an answer; the body may still be under way, and {@code bodyEnd} says how it ends. */
    record Head(HttpResponse response, CompletionStage<BodyEnd> bodyEnd) implements Reply {}

    /**
     * Nothing was sent.
     *
     * @param refused whether no connection could be made; otherwise a kept one turned out to be closed
     * @param bodyTouched whether the stream of the request's body was begun, so that it cannot be sent elsewhere
     */
    record NotSent(String why, boolean refused, boolean bodyTouched) implements Reply {}

    /** Sent, at least partly, and no head came in time. */
    record Late(String why) implements Reply {}

    /** Sent, at least partly, and the connection ended, or what came back is not HTTP. */
    record Broken(String why) implements Reply {}
}
