package io.bulwark.http.gateway;

import akka.actor.typed.ActorSystem;
import akka.stream.Materializer;
import akka.stream.SystemMaterializer;
import io.bulwark.http.wire.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * Opens connections to services.
 *
 * <p>Netty carries them instead of Akka's client, in which opening one took milliseconds of CPU: after any pause of some
 * 20 ms the calls that had come together opened one each, and more came meanwhile than were answered.
 */
final class Dialer {
    private final SSLContext trust;
    private final Materializer streams;
    private final EventLoopGroup loops;
    /** A name may take as long as its server likes. */
    private final Executor resolving = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("bulwark-resolve-", 0).factory());

    /** @param trust which services behind {@code https} are believed */
    Dialer(SSLContext trust, ActorSystem<?> system) {
        this.trust = trust;
        this.streams = SystemMaterializer.get(system).materializer();
        this.loops = EventLoops.of(system);
    }

    /**
     * Opens a connection, of which the current thread carries the bytes if it carries any.
     *
     * @param target its scheme, host and port count
     * @param within for the name, for the connection and for TLS, each
     */
    Connection dial(URI target, Duration within) {
        boolean tls = target.getScheme().toLowerCase(Locale.ROOT).equals("https");
        int port = target.getPort() >= 0 ? target.getPort() : tls ? 443 : 80;
        String host = target.getHost();
        EventLoopGroup carriers =
                EventLoops.current(loops).<EventLoopGroup>map(loop -> loop).orElse(loops);
        AnswerHandler answers = new AnswerHandler();
        CompletionStage<Channel> channel = resolved(host, within)
                .thenCompose(address -> connected(carriers, new InetSocketAddress(address, port), within, answers))
                .thenCompose(made -> tls ? secured(made, host, port, within) : CompletableFuture.completedStage(made));
        return new Connection(channel, answers, streams);
    }

    private CompletionStage<InetAddress> resolved(String host, Duration within) {
        Optional<InetAddress> literal = literal(host);
        return literal.isPresent()
                ? CompletableFuture.completedStage(literal.get())
                : CompletableFuture.supplyAsync(() -> lookedUp(host), resolving)
                        .orTimeout(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException itIsAName) {
            return Optional.empty();
        }
    }

    private static InetAddress lookedUp(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            throw new CompletionException(unknown);
        }
    }

    private static CompletionStage<Channel> connected(
            EventLoopGroup carriers, InetSocketAddress address, Duration within, AnswerHandler answers) {
        CompletableFuture<Channel> connected = new CompletableFuture<>();
        var _ = new Bootstrap()
                .group(carriers)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(within.toMillis()))
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new Pipeline(answers))
                .connect(address)
                .addListener((ChannelFuture made) -> {
                    if (made.isSuccess()) {
                        connected.complete(made.channel());
                    } else {
                        connected.completeExceptionally(made.cause());
                    }
                });
        return connected;
    }

    private CompletionStage<Channel> secured(Channel channel, String host, int port, Duration within) {
        CompletableFuture<Channel> secured = new CompletableFuture<>();
        SslHandler tls = new SslHandler(engine(host, port));
        tls.setHandshakeTimeoutMillis(within.toMillis());
        var _ = tls.handshakeFuture().addListener(shaken -> {
            if (shaken.isSuccess()) {
                secured.complete(channel);
            } else {
                var _ = channel.close();
                secured.completeExceptionally(new HandshakeFailed(shaken.cause()));
            }
        });
        channel.pipeline().addFirst(tls);
        return secured;
    }

    private SSLEngine engine(String host, int port) {
        SSLEngine engine = trust.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("https");
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** What stands between the socket and the calls. */
    private static final class Pipeline extends ChannelInitializer<Channel> {
        private final AnswerHandler answers;

        Pipeline(AnswerHandler answers) {
            this.answers = answers;
        }

        @Override
        protected void initChannel(Channel channel) {
            AnswerDecoder decoder = new AnswerDecoder();
            channel.pipeline().addLast(decoder, new RequestEncoder(decoder), answers);
        }
    }

    /** The service could not be believed, or does not speak TLS. */
    static final class HandshakeFailed extends RuntimeException {
        HandshakeFailed(Throwable cause) {
            super("no TLS: " + cause.getMessage(), cause, false, false);
        }
    }
}
