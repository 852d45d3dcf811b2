package io.bulwark.load.scenario;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.drive.Measured;
import io.bulwark.load.drive.OpenLoop;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Launch;
import io.bulwark.load.node.PostgresServer;
import io.bulwark.load.result.Machine;
import io.bulwark.load.result.Result;
import io.bulwark.load.result.Surroundings;
import io.bulwark.load.traffic.ZipfSampler;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

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
public record Soak(Duration lasting, int operationsPerSecond, int tenants, Duration retention, int heapMegabytes)
        implements Scenario {
    static final String NAME = "soak";

    static final Duration SAMPLE_EVERY = Duration.ofSeconds(5);
    static final Duration WARM_UP = Duration.ofSeconds(10);

    private static final int CONNECTIONS_MAX = 256;
    private static final int COLLECTIONS = 24;
    private static final double EVENLY = 0;
    private static final long SEED = 1;

    /** 20 minutes, 2,000 operations a second over 64 tenants, remembered for a minute. */
    public static Soak standard() {
        return new Soak(Duration.ofMinutes(20), 2_000, 64, Duration.ofMinutes(1), 512);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "The same load for long: heap, latency and tables";
    }

    @Override
    public Options options() {
        return Options.none()
                .and(Option.DURATION, lasting.toString())
                .and(Option.RATE, Integer.toString(operationsPerSecond))
                .and(Option.TENANTS, Integer.toString(tenants));
    }

    @Override
    public Result run(Run run) {
        if (run.given().isPresent()) {
            throw new IllegalStateException(
                    NAME + " reads the heap and the tables, so it starts its own node: expected no --url");
        }
        Options options = run.options();
        return new Soak(
                        options.time(Option.DURATION),
                        options.positive(Option.RATE),
                        options.positive(Option.TENANTS),
                        retention,
                        heapMegabytes)
                .measure(run);
    }

    /** Starts the node, runs, and ends everything that it started. */
    private Result measure(Run run) {
        Instant started = run.clock().instant();
        Machine machine = Surroundings.machine();
        try (PostgresServer server =
                        PostgresServer.start(NAME + "-postgres", "127.0.0.0/8", "127.0.0.1", List.of("bulwark"));
                BulwarkNode node = BulwarkNode.launch(NAME, launch(url(server)));
                Connection database =
                        DriverManager.getConnection(url(server), PostgresServer.USER, PostgresServer.PASSWORD)) {
            SoakReport.Seen seen = underLoad(run, node, database);
            return new SoakReport(this, machine, Surroundings.commit(run.checkout()))
                    .of(seen, started, Duration.between(started, run.clock().instant()));
        } catch (SQLException e) {
            throw new IllegalStateException("The database that the run started cannot be asked for its sizes", e);
        }
    }

    private SoakReport.Seen underLoad(Run run, BulwarkNode node, Connection database) {
        try (Target target = Target.given(node.address(), node.token("*", "caller,viewer,operator"));
                BulwarkClient management =
                        new BulwarkClient(() -> node.process().management(BulwarkNode.PATIENCE), "")) {
            target.putTenants(tenants, "{\"idempotency\":{\"retention\":\"" + retention + "\"}}");
            Footprint footprint = new Footprint(management, node.process().pid(), database);
            OperationCalls work = new OperationCalls(target, NAME, new ZipfSampler(tenants, EVENLY), SEED);
            long begin = System.nanoTime() + WARM_UP.toNanos();
            try (Sampler sampler = new Sampler(begin, SAMPLE_EVERY, gauges(footprint))) {
                Measured measured =
                        OpenLoop.run(work, operationsPerSecond, CONNECTIONS_MAX, WARM_UP, lasting, run.live());
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
