package io.bulwark.load.rival;

import akka.http.javadsl.model.HttpResponse;
import java.util.concurrent.CompletionStage;

/** What stands behind a front and decides. For many threads. */
interface BackEnd {
    /** Answers one request, with the paths, the bodies and the statuses of Bulwark's own contract. */
    CompletionStage<HttpResponse> answer(Asked asked);
}
