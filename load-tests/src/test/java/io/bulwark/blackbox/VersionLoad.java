package io.bulwark.blackbox;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.history.Versions;
import io.bulwark.load.node.Wait;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Writes and reads a few services through all nodes at once, and notes which versions came of it. */
final class VersionLoad {
    private static final int RESOURCES = 2;
    private static final Duration SETTLED_WITHIN = Duration.ofMinutes(1);

    private final List<BulwarkClient> nodes;
    private final String name;
    private final Versions versions = new Versions();
    private final AtomicInteger contents = new AtomicInteger();

    /** @param name of the services, before a number */
    VersionLoad(List<BulwarkClient> nodes, String name) {
        this.nodes = List.copyOf(nodes);
        this.name = name;
    }

    Versions versions() {
        return versions;
    }

    /** One write and one read, both through the node whose turn it is. */
    void step(int number) {
        int node = number % nodes.size();
        String resource = name + "-" + number / nodes.size() % RESOURCES;
        write(node, resource);
        read(node, resource);
    }

    /** Waits until all nodes show the same again, and reads it. */
    void settle() {
        IntStream.range(0, RESOURCES).mapToObj(i -> name + "-" + i).forEach(resource -> {
            Wait.until(
                    "every node shows the same " + resource,
                    SETTLED_WITHIN,
                    () -> agreed(resource),
                    () -> shown(resource).toString());
            IntStream.range(0, nodes.size()).forEach(node -> read(node, resource));
        });
    }

    private boolean agreed(String resource) {
        List<Optional<Long>> shown = shown(resource);
        return shown.stream().distinct().count() == 1 && shown.getFirst().isPresent();
    }

    private List<Optional<Long>> shown(String resource) {
        return nodes.stream()
                .map(node -> reply(() -> node.get("/v1/services/" + resource)).flatMap(VersionLoad::version))
                .toList();
    }

    private void write(int node, String resource) {
        String content = "http://127.0.0.1:" + (10_000 + contents.getAndIncrement() % 50_000);
        long start = System.nanoTime();
        reply(() -> nodes.get(node).put("/v1/services/" + resource, "{\"targets\":[\"" + content + "\"]}"))
                .filter(reply -> reply.status() < 300)
                .flatMap(VersionLoad::version)
                .ifPresent(version -> versions.add(
                        new Versions.Put(resource, nodeName(node), start, System.nanoTime(), version, content)));
    }

    private void read(int node, String resource) {
        long start = System.nanoTime();
        reply(() -> nodes.get(node).get("/v1/services/" + resource))
                .filter(reply -> reply.status() == 200)
                .ifPresent(reply -> version(reply)
                        .ifPresent(version -> versions.add(new Versions.Shown(
                                resource, nodeName(node), start, System.nanoTime(), version, content(reply)))));
    }

    private static String content(Reply reply) {
        return reply.json().path("targets").path(0).asText();
    }

    private static String nodeName(int node) {
        return "node-" + (node + 1);
    }

    /** The entity tag, which is the version in quotes. */
    private static Optional<Long> version(Reply reply) {
        return reply.header("ETag").map(tag -> Long.parseLong(tag.replace("\"", "")));
    }

    private static Optional<Reply> reply(Supplier<Reply> request) {
        try {
            return Optional.of(request.get());
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
