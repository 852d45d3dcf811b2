package io.bulwark.load.scenario;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.drive.Measured;
import io.bulwark.load.drive.OpenLoop;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Launch;
import io.bulwark.load.node.PostgresServer;
import io.bulwark.load.result.Machine;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Second;
import io.bulwark.load.result.Surroundings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * One node, which this starts itself with a PostgreSQL, under the same load for long: what it remembers must not grow
 * beyond what the retention asks for.
 *
 * @param lasting of the load; long against the retention, since thirds of it are compared
 * @param operationsPerSecond new ones, each a claim and a completion
 * @param tenants over which they are spread evenly
 * @param retention of an operation
 * @param heapMegabytes that the node may use at most
 */
public record Soak(Duration lasting, int operationsPerSecond, int tenants, Duration retention, int heapMegabytes) {
    /** As the command line has it. */
    public static final String NAME = "soak";

    static final Duration SAMPLE_EVERY = Duration.ofSeconds(5);
    static final Duration WARM_UP = Duration.ofSeconds(10);

    private static final int CONNECTIONS_MAX = 256;
    private static final int COLLECTIONS = 24;

    /** 20 minutes, 2,000 operations a second over 64 tenants, remembered for a minute. */
    public static Soak standard() {
        return new Soak(Duration.ofMinutes(20), 2_000, 64, Duration.ofMinutes(1), 512);
    }

    /** The same with another length. */
    public Soak lasting(Duration other) {
        return new Soak(other, operationsPerSecond, tenants, retention, heapMegabytes);
    }

    /** The same with another load. */
    public Soak operationsPerSecond(int other) {
        return new Soak(lasting, other, tenants, retention, heapMegabytes);
    }

    /** The same with another retention. */
    public Soak retention(Duration other) {
        return new Soak(lasting, operationsPerSecond, tenants, other, heapMegabytes);
    }

    /**
     * Starts the node, runs, and ends everything that it started.
     *
     * @param clock says when the run began
     * @param checkout whose commit is noted
     * @param live gets each second of the load
     */
    public Result run(InstantSource clock, Path checkout, Consumer<Second> live) {
        Instant started = clock.instant();
        Machine machine = Surroundings.machine();
        try (PostgresServer server =
                        PostgresServer.start(NAME + "-postgres", "127.0.0.0/8", "127.0.0.1", List.of("bulwark"));
                BulwarkNode node = BulwarkNode.launch(NAME, launch(url(server)));
                Connection database =
                        DriverManager.getConnection(url(server), PostgresServer.USER, PostgresServer.PASSWORD)) {
            SoakReport.Seen seen = underLoad(node, database, live);
            return new SoakReport(this, machine, Surroundings.commit(checkout))
                    .of(seen, started, Duration.between(started, clock.instant()));
        } catch (SQLException e) {
            throw new IllegalStateException("The database that the run started cannot be asked for its sizes", e);
        }
    }

    private SoakReport.Seen underLoad(BulwarkNode node, Connection database, Consumer<Second> live) {
        List<String> names =
                IntStream.range(0, tenants).mapToObj(i -> "soak-" + i).toList();
        prepare(node, names);
        ClaimAndComplete work = new ClaimAndComplete(node.address(), node.token("*", "caller"), names);
        try (BulwarkClient management = new BulwarkClient(() -> node.process().management(BulwarkNode.PATIENCE), "")) {
            Footprint footprint = new Footprint(management, node.process().pid(), database);
            long begin = System.nanoTime() + WARM_UP.toNanos();
            try (Sampler sampler = new Sampler(begin, SAMPLE_EVERY, gauges(footprint))) {
                Measured measured = OpenLoop.run(work, operationsPerSecond, CONNECTIONS_MAX, WARM_UP, lasting, live);
                return new SoakReport.Seen(measured, sampler.with(measured.seconds()), sampler.trouble());
            }
        }
    }

    /** Everything each time, and now and then also what a full collection leaves of the heap. */
    private Supplier<Map<String, Double>> gauges(Footprint footprint) {
        long samples = Math.max(1, lasting.dividedBy(SAMPLE_EVERY));
        long between = Math.max(1, samples / COLLECTIONS);
        AtomicInteger readings = new AtomicInteger();
        return () -> {
            Map<String, Double> gauges = new HashMap<>(footprint.read());
            if (readings.getAndIncrement() % between == 0) {
                footprint.heapAfterCollection().ifPresent(left -> gauges.put(SoakReport.HEAP_LEFT, left));
            }
            return gauges;
        };
    }

    private void prepare(BulwarkNode node, List<String> names) {
        try (BulwarkClient admin = new BulwarkClient(node::address, node.adminToken())) {
            names.forEach(name -> Preparation.put(
                    admin, "tenants/" + name, "{\"idempotency\":{\"retention\":\"" + retention + "\"}}"));
        }
    }

    private Launch launch(String url) {
        return Launch.onFreePorts()
                .with(Map.of(
                        "BULWARK_DATABASE_URL",
                        url,
                        "BULWARK_DATABASE_USER",
                        PostgresServer.USER,
                        "BULWARK_DATABASE_PASSWORD",
                        PostgresServer.PASSWORD,
                        "BULWARK_JAVA_OPTS",
                        "-Xmx" + heapMegabytes + "m"));
    }

    private static String url(PostgresServer server) {
        return PostgresServer.url("127.0.0.1", server.port(), "bulwark");
    }
}
