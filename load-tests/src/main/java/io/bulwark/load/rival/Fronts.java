package io.bulwark.load.rival;

import io.bulwark.load.node.ChildProcess;
import io.bulwark.load.node.Ports;
import io.bulwark.load.node.Scratch;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Processes of {@link Front} with the same back end. */
public final class Fronts implements Peer {
    /** What a node's launcher gives its JVM, so that the two differ in nothing but what they do. */
    private static final List<String> AS_A_NODE = List.of(
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseG1GC",
            "-XX:+ExitOnOutOfMemoryError");

    private final List<Server> servers;

    private Fronts(List<Server> servers) {
        this.servers = List.copyOf(servers);
    }

    /**
     * Starts them and waits until they serve.
     *
     * @param name of their folder under the scratch directory
     * @param count 1 or more
     * @param jvm options of each
     * @param backEnd one of those that the factories of this class make
     */
    public static Fronts start(String name, int count, List<String> jvm, List<String> backEnd) {
        Path home = Scratch.empty(name);
        List<Server> servers = IntStream.range(0, count)
                .mapToObj(i -> launch(name, home.resolve("output-" + (i + 1) + ".log"), jvm, backEnd))
                .toList();
        Fronts fronts = new Fronts(servers);
        try {
            servers.forEach(server -> server.process().listeningOn(server.port()));
            return fronts;
        } catch (RuntimeException e) {
            fronts.close();
            throw e;
        }
    }

    /** Answers the same to everything, and decides nothing. */
    public static List<String> constant() {
        return List.of(BackEnds.CONSTANT);
    }

    /** A script of ours in Redis. */
    public static List<String> redisGcra(Redis redis, List<Quota> quotas) {
        return words(BackEnds.REDIS_GCRA, redis, quotas);
    }

    /** Bucket4j on Redis. */
    public static List<String> bucket4j(Redis redis, List<Quota> quotas) {
        return words(BackEnds.BUCKET4J, redis, quotas);
    }

    /** One statement for each request on PostgreSQL. */
    public static List<String> insertOnConflict(String url, String user, String password) {
        return List.of(BackEnds.INSERT, url, user, password);
    }

    /** SET NX on Redis. */
    public static List<String> redisSetNx(Redis redis) {
        return List.of(BackEnds.SET_NX, Integer.toString(redis.port()));
    }

    /** Calls a service behind circuits of each process. */
    public static List<String> resilience4j(URI service) {
        return List.of(BackEnds.RESILIENCE4J, service.toString());
    }

    /** Calls a service behind the circuits of a Bulwark. */
    public static List<String> bulwarkPermits(URI service, URI bulwark, String token) {
        return List.of(BackEnds.PERMITS, service.toString(), bulwark.toString(), token);
    }

    @Override
    public List<InetSocketAddress> addresses() {
        return servers.stream().flatMap(server -> server.addresses().stream()).toList();
    }

    /** Ends one as {@code kill -9} would. */
    public void kill(int number) {
        servers.get(number).process().kill();
    }

    @Override
    public void close() {
        servers.forEach(Server::close);
    }

    private static List<String> words(String name, Redis redis, List<Quota> quotas) {
        List<String> words = new ArrayList<>(List.of(name, Integer.toString(redis.port())));
        quotas.forEach(quota -> words.add(quota.word()));
        return words;
    }

    private static Server launch(String name, Path log, List<String> jvm, List<String> backEnd) {
        int port = Ports.free();
        List<String> words = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        words.addAll(AS_A_NODE);
        words.addAll(jvm);
        words.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Front.class.getName(), Integer.toString(port)));
        words.addAll(backEnd);
        return new Server(ChildProcess.start(name, words, log), port);
    }
}
