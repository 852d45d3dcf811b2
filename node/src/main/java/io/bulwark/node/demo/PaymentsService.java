package io.bulwark.node.demo;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A service to put behind Bulwark: each charge that reaches it is an execution, and it says how many there were.
 *
 * <pre>
 *   POST /charges     201 {"charge":"ch_7","execution":7}
 *   GET  /executions  200 {"executions":7}
 *   POST /fail        500, always
 *   GET  /health      200
 * </pre>
 */
final class PaymentsService {
    private final AtomicLong executions = new AtomicLong();
    private final ActorSystem<?> system;

    private PaymentsService(ActorSystem<?> system) {
        this.system = system;
    }

    /** Starts it on a free port of the loopback interface. */
    static CompletionStage<ServerBinding> start(ActorSystem<?> system) {
        PaymentsService service = new PaymentsService(system);
        return Http.get(system).newServerAt("127.0.0.1", 0).bindSync(service::answer);
    }

    private HttpResponse answer(HttpRequest request) {
        request.discardEntityBytes(system);
        String path = request.getUri().path();
        boolean posted = request.method().equals(HttpMethods.POST);
        return switch (path) {
            case "/charges" -> posted ? charge() : json(405, "{\"error\":\"charges are made with POST\"}");
            case "/executions" -> json(200, "{\"executions\":" + executions.get() + "}");
            case "/fail" -> json(500, "{\"error\":\"this path always fails\"}");
            case "/health" -> json(200, "{\"status\":\"up\"}");
            // A string has no sealed set of values.
            default -> json(404, "{\"error\":\"no such path\"}");
        };
    }

    private HttpResponse charge() {
        long execution = executions.incrementAndGet();
        return json(201, "{\"charge\":\"ch_" + execution + "\",\"execution\":" + execution + "}");
    }

    private static HttpResponse json(int status, String body) {
        return HttpResponse.create()
                .withStatus(StatusCodes.get(status))
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, body + "\n"));
    }
}
