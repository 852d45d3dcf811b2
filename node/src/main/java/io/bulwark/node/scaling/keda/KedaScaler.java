package io.bulwark.node.scaling.keda;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.bulwark.node.config.KedaSettings;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * KEDA's external scaler, by gRPC: says how many nodes there are to be. It keeps nothing of its own, so that every node
 * can answer while the coordinator moves; until it is known how many, it says that it does not know, and the autoscaler
 * then leaves the nodes as they are.
 */
public final class KedaScaler implements AutoCloseable {
    static final int CONNECTIONS_MAX = 32;
    static final int STREAMS_MAX = 64;

    private static final Logger LOG = LoggerFactory.getLogger(KedaScaler.class);
    /** Else every port scan would put a stack trace on standard error; kept here, because nobody else keeps it. */
    private static final java.util.logging.Logger TRANSPORT = java.util.logging.Logger.getLogger("io.grpc");

    private static final int CALLS_PER_CONNECTION_MAX = 100;
    private static final int MESSAGE_BYTES_MAX = 64 * 1024;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration TELL_EVERY = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final Duration END_WITHIN = Duration.ofSeconds(2);

    private final Server server;
    private final OpenStreams streams;
    private final EventLoopGroup loop;
    private final ScheduledExecutorService timer;

    private KedaScaler(Server server, OpenStreams streams, EventLoopGroup loop, ScheduledExecutorService timer) {
        this.server = server;
        this.streams = streams;
        this.loop = loop;
        this.timer = timer;
    }

    /**
     * Starts to answer.
     *
     * @param desiredNodes how many nodes there are to be, 0 while that is not known; asked at each call and once a
     *     second, by several threads, so it must not block
     * @throws IOException when the port cannot be had
     * @throws io.bulwark.node.config.SettingRefused when a file for TLS holds something else than it should
     */
    public static KedaScaler start(KedaSettings settings, IntSupplier desiredNodes) throws IOException {
        TRANSPORT.setLevel(java.util.logging.Level.WARNING);
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, Thread.ofPlatform().name("keda").daemon().factory(), NioIoHandler.newFactory());
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("keda-timer").daemon().factory());
        OpenStreams streams = new OpenStreams(STREAMS_MAX);
        try {
            Server server = server(settings, timer, loop)
                    .addService(new ScalerCalls(desiredNodes, streams))
                    .build()
                    .start();
            KedaScaler scaler = new KedaScaler(server, streams, loop, timer);
            scaler.tellNowAndThen(desiredNodes);
            LOG.info("answering KEDA on {}:{}{}", settings.host(), scaler.port(), security(settings));
            return scaler;
        } catch (IOException e) {
            end(timer, loop);
            throw notListening(settings, e);
        } catch (RuntimeException e) {
            end(timer, loop);
            throw e;
        }
    }

    private static NettyServerBuilder server(
            KedaSettings settings, ScheduledExecutorService timer, EventLoopGroup loop) {
        return NettyServerBuilder.forAddress(
                        new InetSocketAddress(settings.host(), settings.port()), new ServerIdentity(timer).of(settings))
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .channelFactory(() -> new FewConnections(CONNECTIONS_MAX))
                // No call waits for anything, so the one thread that reads may also answer.
                .directExecutor()
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .handshakeTimeout(10, SECONDS)
                .maxConnectionIdle(5, MINUTES)
                // A KEDA that is gone without a word must not keep a connection and its streams.
                .keepAliveTime(30, SECONDS)
                .keepAliveTimeout(10, SECONDS)
                // As often as a client in Go may look whether the node is still there.
                .permitKeepAliveTime(10, SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    private static void end(ScheduledExecutorService timer, EventLoopGroup loop) {
        timer.shutdownNow();
        var _ = loop.shutdownGracefully(0, 1, SECONDS);
    }

    private static IOException notListening(KedaSettings settings, IOException cause) {
        return new IOException(
                "KEDA cannot be answered on " + settings.host() + ":" + settings.port() + " (bulwark.scaling.keda): "
                        + cause.getMessage(),
                cause);
    }

    private static String security(KedaSettings settings) {
        return settings.tls()
                .map(tls -> tls.ca().isPresent() ? " with mutual TLS" : " with TLS")
                .orElse(" without TLS");
    }

    private void tellNowAndThen(IntSupplier desiredNodes) {
        Pulse pulse = new Pulse(desiredNodes, (int) TELL_EVERY.dividedBy(LOOK_EVERY));
        var _ = timer.scheduleWithFixedDelay(
                () -> tell(pulse), LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), MILLISECONDS);
    }

    /** A timer's task that fails is never run again, so one look that fails is only said. */
    private void tell(Pulse pulse) {
        try {
            if (pulse.isDue()) {
                streams.tell();
            }
        } catch (RuntimeException e) {
            LOG.warn("could not tell KEDA's streams anything this time: {}", e.toString());
        }
    }

    /** The port that it listens on. */
    public int port() {
        return server.getPort();
    }

    /** How many streams are open. */
    int openStreams() {
        return streams.size();
    }

    /** Completes the streams, lets the calls end and closes the connections; at most 5 s. */
    @Override
    public void close() {
        server.shutdown();
        streams.end();
        try {
            if (!server.awaitTermination(GRACE.toMillis(), MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(END_WITHIN.toMillis(), MILLISECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        } finally {
            end(timer, loop);
        }
        LOG.info("KEDA is no longer answered");
    }
}
