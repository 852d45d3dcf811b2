package io.bulwark.http.server;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Marks the answers that a node gave by itself while the tenant's guard could not be asked, refusals too. */
public final class Degraded {
    /** Says what could not be asked: {@code guard}. Only Bulwark sets it; a service's own is not passed on. */
    public static final String HEADER = "Bulwark-Degraded";

    private static final HttpHeader GUARD = RawHeader.create(HEADER, "guard");

    private Degraded() {}

    /** The same answer, marked once. */
    public static HttpResponse mark(HttpResponse response) {
        return isMarked(response) ? response : response.addHeader(GUARD);
    }

    /** The same problem, marked once. */
    public static ProblemException mark(ProblemException refused) {
        if (refused.headers().stream().anyMatch(header -> header.is(GUARD.lowercaseName()))) {
            return refused;
        }
        List<HttpHeader> headers = new ArrayList<>(refused.headers());
        headers.add(GUARD);
        return new ProblemException(refused.problem(), headers);
    }

    /** What this comes to, marked: an answer, or the problem that it throws. */
    public static HttpResponse answer(Supplier<HttpResponse> answer) {
        try {
            return mark(answer.get());
        } catch (ProblemException refused) {
            throw mark(refused);
        }
    }

    /** What this comes to in the end, marked: an answer, or the problem that it throws or fails with. */
    public static CompletionStage<HttpResponse> stage(Supplier<CompletionStage<HttpResponse>> answer) {
        try {
            return answer.get().handle((response, failure) -> {
                if (failure == null) {
                    return mark(response);
                }
                throw marked(failure);
            });
        } catch (ProblemException refused) {
            return CompletableFuture.failedStage(mark(refused));
        }
    }

    /** Whether an answer is marked. */
    static boolean isMarked(HttpResponse response) {
        return response.getHeader(HEADER).isPresent();
    }

    private static CompletionException marked(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return new CompletionException(cause instanceof ProblemException refused ? mark(refused) : cause);
    }
}
