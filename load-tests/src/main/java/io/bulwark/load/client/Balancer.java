package io.bulwark.load.client;

import io.bulwark.load.history.Call;
import io.bulwark.load.history.Ending;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Stands before several nodes as a balancer of connections does: the nodes in turn, and the next one when a connection
 * could not be made, since nothing was sent then. Everything else is a result that counts. It asks nobody for their
 * health, so what it shows is what the nodes owe to a balancer that knows nothing.
 */
public final class Balancer implements Caller, AutoCloseable {
    private final List<BulwarkClient> nodes;
    private final AtomicInteger turn = new AtomicInteger();

    /** @param nodes in the order of their turns; closed with this */
    public Balancer(List<BulwarkClient> nodes) {
        this.nodes = List.copyOf(nodes);
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
        nodes.forEach(BulwarkClient::close);
    }

    private Reply taken(Function<BulwarkClient, Reply> request) {
        int first = turn.getAndIncrement();
        UncheckedIOException refused = new UncheckedIOException(new ConnectException("There is no node"));
        for (int i = 0; i < nodes.size(); i++) {
            try {
                return request.apply(at(first + i));
            } catch (UncheckedIOException e) {
                if (!isRefusal(e)) {
                    throw e;
                }
                refused = e;
            }
        }
        throw refused;
    }

    private BulwarkClient at(int index) {
        return nodes.get(Math.floorMod(index, nodes.size()));
    }

    /** Whether no connection was made, so that nothing can have been sent. */
    private static boolean isRefusal(UncheckedIOException failure) {
        return failure.getCause() instanceof ConnectException;
    }
}
