package io.bulwark.http.server;

import akka.NotUsed;
import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.settings.ServerSettings;
import akka.stream.SystemMaterializer;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.TLSProtocol.SslTlsOutbound;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.TLSPlacebo;
import akka.util.ByteString;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.bulwark.http.framing.Refusal;
import io.bulwark.http.wire.EventLoops;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The port that callers and operators talk to.
 *
 * <p>Akka HTTP parses and renders, and has no hook on the bytes before its parser, which misreads two forms of
 * Content-Length. So this has the bytes of connections by Netty, answers the plain requests with
 * {@link WholeRequests} alone, and for the others puts {@link RequestFraming} below Akka's server layer.
 */
public final class ServiceListener {
    private static final int BACKLOG = 1_024;
    private static final Duration CLOSING = Duration.ofSeconds(1);
    /** How long a connection that has not sent anything yet is left open when the listener ends. */
    private static final Duration FIRST_REQUEST_WITHIN = Duration.ofSeconds(2);

    private final ListenerSettings settings;
    private final Calls calls;
    private final AnswerWriter writer;
    private final BidiFlow<HttpResponse, SslTlsOutbound, SslTlsInbound, HttpRequest, NotUsed> layer;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final ClassicActorSystemProvider system;
    private volatile boolean ending;

    private ServiceListener(
            ClassicActorSystemProvider system, ListenerSettings settings, Calls calls, InstantSource clock) {
        this.writer = new AnswerWriter(clock);
        this.system = system;
        this.settings = settings;
        this.calls = calls;
        this.layer = Http.get(system)
                .serverLayer(serverSettings(
                        settings, system.classicSystem().settings().config()));
    }

    /**
     * Binds the listener.
     *
     * @param routes what it serves
     * @param statistics is told of every call
     * @param random for trace ids
     * @param clock for the {@code Date} of answers
     * @return fails when the address cannot be bound; the message names it
     */
    public static CompletionStage<Bound> bind(
            ClassicActorSystemProvider system,
            ListenerSettings settings,
            List<Route> routes,
            Authorizer authorizer,
            MeterRegistry meters,
            CallStatistics statistics,
            RandomGenerator random,
            InstantSource clock) {
        Calls calls = new Calls(system, settings, routes, authorizer, meters, statistics, random);
        ServiceListener listener = new ServiceListener(system, settings, calls, clock);
        meters.gaugeCollectionSize("bulwark.http.connections", List.of(), listener.connections);
        return listener.bind();
    }

    private CompletionStage<Bound> bind() {
        EventLoopGroup loops = EventLoops.of(system);
        CompletableFuture<Bound> bound = new CompletableFuture<>();
        var _ = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new Accepted())
                .bind(settings.host(), settings.port())
                .addListener((ChannelFuture made) -> {
                    if (made.isSuccess()) {
                        bound.complete(new Bound(made.channel()));
                    } else {
                        bound.completeExceptionally(new IllegalStateException(
                                "The service listener cannot bind " + settings.host() + ":" + settings.port()
                                        + ": is another process listening there?",
                                made.cause()));
                    }
                });
        return bound;
    }

    /** What a connection that was taken begins with. */
    private final class Accepted extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            if (connections.size() >= settings.connectionsMax()) {
                channel.pipeline().addLast(new RefusedConnection(settings, tooMany()));
            } else {
                Connection connection = new Connection();
                connections.add(connection);
                channel.pipeline().addLast(handler(connection, RemoteAddress.create(channel.remoteAddress())));
            }
        }
    }

    /** Akka's server layer alone does not know the peer, which the gateway tells services of. */
    private WholeRequests handler(Connection connection, RemoteAddress peer) {
        Function<HttpRequest, CompletionStage<HttpResponse>> serve =
                request -> calls.serve(request.addAttribute(AttributeKeys.remoteAddress, peer), connection);
        return new WholeRequests(
                settings,
                connection,
                serve,
                writer,
                () -> framed(connection, serve),
                SystemMaterializer.get(system).materializer(),
                () -> ended(connection));
    }

    private Flow<ByteString, ByteString, NotUsed> framed(
            Connection connection, Function<HttpRequest, CompletionStage<HttpResponse>> serve) {
        return Flow.of(HttpRequest.class)
                .mapAsync(1, request -> preparedOr(connection, () -> serve.apply(request)))
                .join(layer.atop(plain())
                        .atop(BidiFlow.fromGraph(new RequestFraming(settings, connection, this::refused))));
    }

    private static CompletionStage<HttpResponse> preparedOr(
            Connection connection, Supplier<CompletionStage<HttpResponse>> other) {
        return connection
                .takePrepared()
                .<CompletionStage<HttpResponse>>map(CompletableFuture::completedFuture)
                .orElseGet(other);
    }

    /** What reads a bidi-flow may read a more general type from it; the library's declaration does not say so. */
    @SuppressWarnings("unchecked")
    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> plain() {
        BidiFlow<?, ?, ?, ?, NotUsed> placebo = TLSPlacebo.getInstance();
        return (BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>) placebo;
    }

    private void ended(Connection connection) {
        connections.remove(connection);
        completeIfClosed();
    }

    private void completeIfClosed() {
        if (ending && connections.isEmpty()) {
            closed.complete(null);
        }
    }

    private ByteString refused(Refusal refusal) {
        return RawAnswer.bytes(Failures.of(refusal).response(calls.trace()));
    }

    private ByteString tooMany() {
        Problem problem = Problem.unavailable(
                "overloaded",
                "Too many connections at once",
                "This node has " + settings.connectionsMax() + " connections, the most that it takes: try again.",
                CLOSING);
        return RawAnswer.bytes(problem.response(calls.trace()));
    }

    /** Akka's own bounds are set so that the framing's are met first, and its clocks are off: the framing has them. */
    private static ServerSettings serverSettings(ListenerSettings settings, Config system) {
        Map<String, Object> ours = Map.ofEntries(
                Map.entry("server-header", ""),
                Map.entry("enable-http2", false),
                Map.entry("request-timeout", "infinite"),
                Map.entry("idle-timeout", "infinite"),
                Map.entry("pipelining-limit", 1),
                Map.entry("raw-request-uri-header", true),
                Map.entry("default-host-header", "localhost"),
                Map.entry("parsing.error-handler", ParsingProblems.class.getName()),
                Map.entry("parsing.max-content-length", settings.bounds().bodyBytesMax()),
                Map.entry("parsing.max-chunk-size", settings.bounds().bodyBytesMax()),
                Map.entry("parsing.max-uri-length", settings.bounds().targetBytesMax()),
                Map.entry("parsing.max-header-count", settings.bounds().fieldsMax()),
                Map.entry("parsing.max-header-name-length", settings.bounds().nameBytesMax()),
                Map.entry("parsing.max-header-value-length", settings.bounds().headBytesMax()),
                // Headers are the gateway's to pass on as they are, and a token must not get into a warning.
                Map.entry("parsing.modeled-header-parsing", false),
                Map.entry("parsing.illegal-header-warnings", false));
        Config config = ConfigFactory.parseMap(Map.of("akka.http.server", ours)).withFallback(system);
        return ServerSettings.create(config);
    }

    /** A listener that is bound. */
    public final class Bound {
        private final Channel binding;

        private Bound(Channel binding) {
            this.binding = binding;
        }

        /** Where it listens; the port is the one that was taken when 0 was asked for. */
        public InetSocketAddress address() {
            return (InetSocketAddress) binding.localAddress();
        }

        /** Still serves, and tells clients with each answer that the connection closes, so that they go elsewhere. */
        public void announceEnd() {
            calls.announceEnd();
        }

        /**
         * Stops accepting, tells clients with each answer that the connection closes, waits for the calls in flight,
         * and closes what is left.
         *
         * @param deadline how long calls in flight may take; after it they are broken off
         * @return completes when every connection is closed, about two seconds after the deadline at the latest
         */
        public CompletionStage<Void> drain(Duration deadline) {
            calls.announceEnd();
            long untilNanos = System.nanoTime() + deadline.toNanos();
            return unbound()
                    .thenCompose(unbound -> settle(untilNanos))
                    .thenCompose(answered -> closeAll(Connection.End.AT_ONCE));
        }

        /**
         * A connection that was taken just before may still have to send its request, or its bytes may not have been
         * looked at yet: it is left open for a moment, and a call that comes out of it is waited for like the others.
         */
        private CompletionStage<Void> settle(long untilNanos) {
            return within(calls.settled(), left(untilNanos))
                    .thenCompose(settled -> closeAll(Connection.End.WHEN_ANSWERED))
                    .thenCompose(
                            closed -> calls.areInFlight() && left(untilNanos).isPositive()
                                    ? settle(untilNanos)
                                    : CompletableFuture.completedStage(null));
        }

        private CompletionStage<Void> unbound() {
            CompletableFuture<Void> unbound = new CompletableFuture<>();
            var _ = binding.close().addListener(closed -> unbound.complete(null));
            return unbound;
        }

        private static Duration left(long untilNanos) {
            return Duration.ofNanos(Math.max(0, untilNanos - System.nanoTime()));
        }

        private CompletionStage<Void> closeAll(Connection.End how) {
            ending = true;
            connections.forEach(connection -> connection.end(how));
            completeIfClosed();
            return within(closed, FIRST_REQUEST_WITHIN);
        }
    }

    private static CompletableFuture<Void> within(CompletableFuture<Void> future, Duration deadline) {
        return future.copy().completeOnTimeout(null, deadline.toMillis(), TimeUnit.MILLISECONDS);
    }
}
