package io.bulwark.blackbox;

import io.bulwark.load.client.Balancer;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Launch;
import io.bulwark.load.node.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Nodes of which the first start others by themselves, on a database that none of them owns. Ends every process that was
 * started here or by a node that was.
 */
final class ScaledNodes implements AutoCloseable {
    static final int SLOTS = 3;

    private final String name;
    private final String evaluateEvery;
    private final PostgresServer database;
    private final int firstPort = freeRange(3 * SLOTS);
    private final List<BulwarkNode> own = new ArrayList<>();

    /** @param evaluateEvery the pace of the coordinator, such as {@code 2s} */
    ScaledNodes(String name, String evaluateEvery) {
        this.name = name;
        this.evaluateEvery = evaluateEvery;
        this.database = PostgresServer.start(name + "/postgres", "127.0.0.0/8", "127.0.0.1", List.of("bulwark"));
    }

    /** Starts one that no other node started. */
    BulwarkNode start() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "BULWARK_DATABASE_URL",
                PostgresServer.url("127.0.0.1", database.port(), "bulwark"),
                "BULWARK_DATABASE_USER",
                PostgresServer.USER,
                "BULWARK_DATABASE_PASSWORD",
                PostgresServer.PASSWORD,
                "BULWARK_SCALING_TARGET",
                "processes",
                "BULWARK_SCALING_EVALUATE_EVERY",
                evaluateEvery,
                "BULWARK_JAVA_OPTS",
                options()));
        if (!own.isEmpty()) {
            environment.put(
                    "BULWARK_KEY_FILE",
                    own.getFirst().dataDirectory().resolve("token-key.pem").toString());
        }
        BulwarkNode node = BulwarkNode.launch(
                name + "/node-" + (own.size() + 1), Launch.onFreePorts().with(environment));
        own.add(node);
        node.address();
        return node;
    }

    private String options() {
        return String.join(
                " ",
                "-Xmx256m",
                "-Dbulwark.scaling.processes.http-from=" + firstPort,
                "-Dbulwark.scaling.processes.management-from=" + (firstPort + SLOTS),
                "-Dbulwark.scaling.processes.remote-from=" + (firstPort + 2 * SLOTS),
                "-Dbulwark.scaling.processes.nodes-max=" + SLOTS);
    }

    /** A balancer before a node and all that may be started. */
    Balancer balancer(BulwarkNode node, String token, Duration answerWithin) {
        Stream<URI> started =
                IntStream.range(0, SLOTS).mapToObj(slot -> URI.create("http://127.0.0.1:" + (firstPort + slot)));
        return new Balancer(Stream.concat(Stream.of(node.address()), started)
                .map(address -> new BulwarkClient(address.toString(), () -> address, token, answerWithin))
                .toList());
    }

    /** The nodes that a node has started and that run: it starts no other program of Java's. */
    static List<ProcessHandle> startedBy(BulwarkNode node) {
        return ProcessHandle.of(node.process().pid())
                .map(process -> process.children()
                        .filter(child -> child.info()
                                .command()
                                .filter(it -> it.endsWith("/java"))
                                .isPresent())
                        .toList())
                .orElse(List.of());
    }

    /** Processes that outlive the node which started them, when it is killed. */
    void end(List<ProcessHandle> started) {
        started.forEach(ProcessHandle::destroy);
        started.forEach(process -> {
            process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
            process.destroyForcibly();
        });
    }

    @Override
    public void close() {
        own.forEach(node -> end(startedBy(node)));
        own.forEach(BulwarkNode::close);
        database.close();
    }

    /** So many free ports in a row, as free as ports can be that somebody else takes later. */
    private static int freeRange(int ports) {
        for (int first = 21_000; first < 31_000; first += ports) {
            if (IntStream.range(first, first + ports).allMatch(ScaledNodes::isFree)) {
                return first;
            }
        }
        throw new IllegalStateException("There are no " + ports + " free ports in a row from 21000 on");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (java.net.BindException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
