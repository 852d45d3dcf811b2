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

    private final String name;
    private final List<String> words;
    private final List<Server> servers = new ArrayList<>();

    private Fronts(String name, List<String> words) {
        this.name = name;
        this.words = List.copyOf(words);
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
        Scratch.empty(name);
        Fronts fronts = new Fronts(name, words(jvm, backEnd));
        try {
            IntStream.range(0, count).forEach(i -> fronts.servers.add(fronts.launch(Ports.free())));
            fronts.servers.forEach(server -> server.process().listeningOn(server.port()));
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
        servers.get(number).close();
    }

    /** Starts the next life of one that was killed, on its port, and waits until it serves. */
    public void restart(int number) {
        Server next = launch(servers.get(number).port());
        servers.set(number, next);
        next.process().listeningOn(next.port());
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

    private Server launch(int port) {
        List<String> all = new ArrayList<>(words);
        all.add(all.indexOf(Front.class.getName()) + 1, Integer.toString(port));
        return new Server(
                ChildProcess.start(name, all, Scratch.folder(name).resolve("output-of-" + port + ".log")), port);
    }

    private static List<String> words(List<String> jvm, List<String> backEnd) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(AS_A_NODE);
        words.addAll(jvm);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Front.class.getName()));
        words.addAll(backEnd);
        return words;
    }
}
