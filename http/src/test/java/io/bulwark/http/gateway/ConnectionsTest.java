package io.bulwark.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulwark.http.wire.EventLoops;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which connection to a target a call gets. */
class ConnectionsTest extends UpstreamRig {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final InstantSource clock = now::get;
    private final List<EventLoop> loops = new ArrayList<>();
    private Connections connections = new Connections(ConnectionsTest::none, KEEP_ALIVE, clock);

    @BeforeEach
    void open() {
        URI target = URI.create(service(exchange -> exchange.write(OK)).address());
        EventLoopGroup group = EventLoops.of(kit.system());
        group.forEach(loop -> loops.add((EventLoop) loop));
        connections = new Connections(() -> dialer.dial(target, PATIENT), KEEP_ALIVE, clock);
    }

    @Test
    void newConnection_isCarriedByTheThreadOfTheCall() {
        for (EventLoop loop : loops) {
            assertThat(taken(loop).carrier()).contains(loop);
        }
    }

    @Test
    void connectionOfTheCallsThread_isPreferredToTheOneUsedLast() {
        assumeTrue(loops.size() > 1, "needs two loops, of which there are as many as cores");
        List<Connection> both = kept(loops.get(0), loops.get(1));

        assertThat(taken(loops.get(0))).isSameAs(both.get(0));
        assertThat(taken(loops.get(0))).isSameAs(both.get(1));
    }

    @Test
    void ofOneThread_theOneUsedLastIsNext() {
        List<Connection> both = kept(loops.get(0), loops.get(0));

        assertThat(taken(loops.get(0))).isSameAs(both.get(1));
        assertThat(taken(loops.get(0))).isSameAs(both.get(0));
    }

    @Test
    void callFromAnotherThread_takesOneThatIsKept() {
        assertThat(kept(loops.get(0))).containsExactly(connections.take());
    }

    @Test
    void idleForTooLong_isClosedAndNotUsed_whoeverCarriesIt() {
        List<Connection> old = kept(loops.toArray(EventLoop[]::new));
        now.set(Instant.EPOCH.plus(KEEP_ALIVE));

        assertThat(taken(loops.get(0))).isNotIn(old);
        assertThat(old).allMatch(Connection::isEnded);
    }

    @Test
    void closed_endsAllThatAreKept_andThoseGivenBackLater() {
        Connection late = taken(loops.get(0));
        List<Connection> kept = kept(loops.toArray(EventLoop[]::new));

        connections.close();
        connections.giveBack(late);

        assertThat(kept).allMatch(Connection::isEnded);
        assertThat(late.isEnded()).isTrue();
    }

    /** One carried by each of these, used and given back in this order. */
    private List<Connection> kept(EventLoop... carriers) {
        List<Connection> kept = Arrays.stream(carriers).map(this::taken).toList();
        kept.forEach(connections::giveBack);
        return kept;
    }

    /** Taken on this loop, and standing. */
    private Connection taken(EventLoop loop) {
        Supplier<Connection> take = connections::take;
        Connection taken = wait(CompletableFuture.supplyAsync(take, loop));
        wait(taken.established().toCompletableFuture());
        return taken;
    }

    private static <T> T wait(CompletableFuture<T> future) {
        return future.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static Connection none() {
        throw new IllegalStateException("Nothing is opened before the service listens");
    }
}
