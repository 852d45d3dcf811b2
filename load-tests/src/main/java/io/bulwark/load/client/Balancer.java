package io.bulwark.load.client;

import io.bulwark.load.history.Call;
import io.bulwark.load.history.Ending;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Stands before several nodes as a balancer of connections does: the nodes in turn, and the next one when a connection
 * could not be made, since nothing was sent then. Everything else is a result that counts. It asks each node every
 * {@value #LOOK_EVERY_MILLIS} ms whether it is ready and leaves out one that says no, as any balancer does. One that says
 * nothing stays in, or is left out too, as it was asked to; those that are left out still come last.
 */
public final class Balancer implements Caller, AutoCloseable {
    private static final int LOOK_EVERY_MILLIS = 500;

    private final List<BulwarkClient> nodes;
    private final Set<BulwarkClient> unready = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger turn = new AtomicInteger();
    private final boolean silentIsOut;

    /** @param nodes in the order of their turns; closed with this */
    public Balancer(List<BulwarkClient> nodes) {
        this(nodes, false);
    }

    private Balancer(List<BulwarkClient> nodes, boolean silentIsOut) {
        this.nodes = List.copyOf(nodes);
        this.silentIsOut = silentIsOut;
        if (silentIsOut) {
            unready.addAll(nodes);
        }
        this.nodes.forEach(node -> Thread.ofVirtual().name("balancer-health").start(() -> look(node)));
    }

    /**
     * One that takes a node in only when it has said that it is ready, for nodes that come and go.
     *
     * @param nodes that there are and that there may be, in the order of their turns; closed with this
     */
    public static Balancer ofThoseReady(List<BulwarkClient> nodes) {
        return new Balancer(nodes, true);
    }

    @Override
    public Reply send(String method, String path, String body, String... headers) {
        return taken(node -> node.send(method, path, body, headers));
    }

    @Override
    public Call call(int client, String path, String key, String json, String... headers) {
        long start = System.nanoTime();
        AtomicReference<String> taker = new AtomicReference<>("");
        Ending ending = BulwarkClient.ending(() -> taken(node -> {
            taker.set(node.node());
            return node.keyed(path, key, json, headers);
        }));
        return new Call(key, client, taker.get(), start, System.nanoTime(), ending);
    }

    @Override
    public void close() {
        closed.countDown();
        nodes.forEach(BulwarkClient::close);
    }

    private void look(BulwarkClient node) {
        try {
            while (!closed.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                if (isToBeLeftOut(node)) {
                    unready.add(node);
                } else {
                    unready.remove(node);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isToBeLeftOut(BulwarkClient node) {
        try {
            return node.send("GET", "/readyz", "").status() == 503;
        } catch (UncheckedIOException e) {
            return silentIsOut;
        }
    }

    private Reply taken(Function<BulwarkClient, Reply> request) {
        UncheckedIOException refused = new UncheckedIOException(new ConnectException("There is no node"));
        for (BulwarkClient node : inTurn()) {
            try {
                return request.apply(node);
            } catch (UncheckedIOException e) {
                if (!isRefusal(e)) {
                    throw e;
                }
                refused = e;
            }
        }
        throw refused;
    }

    /** From the next one on; those that are not ready last. */
    private List<BulwarkClient> inTurn() {
        int first = turn.getAndIncrement();
        return IntStream.range(0, nodes.size())
                .mapToObj(i -> nodes.get(Math.floorMod(first + i, nodes.size())))
                .sorted(Comparator.comparing(unready::contains))
                .toList();
    }

    /** Whether no connection was made, so that nothing can have been sent. */
    private static boolean isRefusal(UncheckedIOException failure) {
        return failure.getCause() instanceof ConnectException;
    }
}
