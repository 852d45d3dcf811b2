package io.bulwark.load.rival;

import akka.actor.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.ServerBuilder;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A process that serves HTTP as a service of today would, on the stack that Bulwark is built on: the same for every
 * back end, so that a comparison is one of what stands behind.
 *
 * <p>Arguments: port, back end, and what that one needs; see {@link BackEnds}.
 */
public final class Front {
    private static final int BODY_WITHIN_MILLIS = 10_000;

    private Front() {}

    /** Serves until it is ended; prints one line once it does. */
    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        List<String> rest = Arrays.asList(arguments).subList(2, arguments.length);
        ActorSystem system = ActorSystem.create("front", configuration());
        ServerBuilder server = Http.get(system).newServerAt("127.0.0.1", port);
        CompletionStage<ServerBinding> bound = switch (arguments[1]) {
            case BackEnds.CONSTANT -> constant(server, system);
            default -> server.bind(handler(BackEnds.open(arguments[1], rest), system)::answer);
        };
        bound.toCompletableFuture().join();
        System.out.println("The front serves on " + port);
    }

    private static CompletionStage<ServerBinding> constant(ServerBuilder server, ActorSystem system) {
        HttpResponse answer = Answers.constant();
        return server.bindSync(request -> {
            request.discardEntityBytes(system);
            return answer;
        });
    }

    private record Handler(BackEnd backEnd, ActorSystem system) {
        CompletionStage<HttpResponse> answer(HttpRequest request) {
            return request.entity() instanceof HttpEntity.Strict strict
                    ? ask(request, strict)
                    : request.entity().toStrict(BODY_WITHIN_MILLIS, system).thenCompose(strict -> ask(request, strict));
        }

        private CompletionStage<HttpResponse> ask(HttpRequest request, HttpEntity.Strict entity) {
            String path = request.getUri().getPathString();
            return backEnd.answer(Asked.of(path, entity.getData().utf8String()))
                    .exceptionally(failure -> unavailable(path, failure));
        }

        private HttpResponse unavailable(String path, Throwable failure) {
            system.log().debug("{} failed: {}", path, failure);
            return Answers.json(503, "{\"title\":\"unavailable\"}");
        }
    }

    private static Handler handler(BackEnd backEnd, ActorSystem system) {
        return new Handler(backEnd, system);
    }

    /** Bulwark sends no {@code Server} header and takes as many connections. */
    private static Config configuration() {
        return ConfigFactory.parseString("""
                akka.loglevel = WARNING
                akka.http.server.server-header = ""
                akka.http.server.max-connections = 8192
                akka.http.server.backlog = 4096
                """).withFallback(ConfigFactory.load());
    }
}
