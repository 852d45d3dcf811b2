package io.bulwark.http.gateway;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.Http;
import akka.http.javadsl.OutgoingConnection;
import akka.http.javadsl.OutgoingConnectionBuilder;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.japi.Pair;
import akka.stream.BoundedSourceQueue;
import akka.stream.KillSwitch;
import akka.stream.KillSwitches;
import akka.stream.SystemMaterializer;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP connection to a target, which carries one call at a time. Unlike a connection out of Akka's pool, it can be
 * cut when a call takes too long, never re-sends, and knows whether a call that failed was sent.
 */
final class Connection {
    private final Wire wire = new Wire();
    private final AtomicReference<CompletableFuture<HttpResponse>> waiting =
            new AtomicReference<>(new CompletableFuture<>());
    private final BoundedSourceQueue<HttpRequest> requests;
    private final KillSwitch killSwitch;
    private final CompletionStage<OutgoingConnection> established;
    private volatile @Nullable SSLEngine engine;
    private volatile boolean offered;
    private volatile boolean ended;

    /** Opens a connection. */
    Connection(URI target, ClientConnectionSettings settings, SSLContext trust, ActorSystem<?> system) {
        Flow<HttpRequest, HttpResponse, Pair<CompletionStage<OutgoingConnection>, UniqueKillSwitch>> killable = flow(
                        target, settings.withTransport(wire), trust, system)
                .joinMat(KillSwitches.<HttpResponse, HttpRequest>singleBidi(), Keep.both());
        var parts = Source.<HttpRequest>queue(1)
                .viaMat(killable, Keep.both())
                .toMat(Sink.foreach(this::arrived), Keep.both())
                .run(SystemMaterializer.get(system).materializer());
        requests = parts.first().first();
        killSwitch = parts.first().second().second();
        established = parts.first().second().first();
        parts.second().whenComplete(this::onEnd);
    }

    /** Completes when the connection stands, and fails when it cannot be made. */
    CompletionStage<OutgoingConnection> established() {
        return established;
    }

    /** Sends; the stage completes with the head of the answer, and fails when the connection ends before that. */
    CompletionStage<HttpResponse> send(HttpRequest request) {
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        waiting.set(answer);
        offered = !ended && requests.offer(request).isEnqueued();
        if (!offered) {
            answer.completeExceptionally(new IllegalStateException("The connection was closed before the call"));
        }
        return answer;
    }

    /** Whether nothing of the current call was sent; if so, nothing will be. */
    boolean nothingWasSent() {
        return !offered || wire.seal();
    }

    /**
     * Whether a connection that failed did so within its TLS handshake, before which nothing of a request is sent. Only
     * to be asked of a connection whose stream has ended: a live one may finish its handshake at any moment.
     */
    boolean failedInHandshake() {
        SSLEngine present = engine;
        return present != null && present.getSession().getProtocol().equals("NONE");
    }

    /** Makes ready for another call, after one that was answered whole. */
    void clean() {
        wire.clean();
    }

    /** Whether it is closed, from whichever side. */
    boolean isEnded() {
        return ended;
    }

    /** Closes it, whatever is under way. */
    void kill(String why) {
        ended = true;
        killSwitch.abort(new ConnectionKilled(why));
    }

    private Flow<HttpRequest, HttpResponse, CompletionStage<OutgoingConnection>> flow(
            URI target, ClientConnectionSettings settings, SSLContext trust, ActorSystem<?> system) {
        boolean tls = target.getScheme().toLowerCase(Locale.ROOT).equals("https");
        int port = target.getPort() >= 0 ? target.getPort() : tls ? 443 : 80;
        OutgoingConnectionBuilder builder =
                Http.get(system).connectionTo(target.getHost()).toPort(port).withClientConnectionSettings(settings);
        return tls
                ? builder.withCustomHttpsConnectionContext(
                                ConnectionContext.httpsClient((host, _) -> engine(trust, host, port)))
                        .https()
                : builder.http();
    }

    private SSLEngine engine(SSLContext trust, String host, int port) {
        SSLEngine created = trust.createSSLEngine(host, port);
        created.setUseClientMode(true);
        SSLParameters parameters = created.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("https");
        created.setSSLParameters(parameters);
        engine = created;
        return created;
    }

    private void arrived(HttpResponse response) {
        waiting.get().complete(response);
    }

    private void onEnd(Done done, Throwable failure) {
        ended = true;
        waiting.get().completeExceptionally(failure == null ? new ConnectionKilled("The service closed it") : failure);
    }

    /** Ends the stream of a connection. */
    static final class ConnectionKilled extends RuntimeException {
        ConnectionKilled(String why) {
            super(why, null, false, false);
        }
    }
}
