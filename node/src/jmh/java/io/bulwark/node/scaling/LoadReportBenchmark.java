package io.bulwark.node.scaling;

import akka.actor.ActorSystem;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.typesafe.config.ConfigFactory;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.http.server.CallStatistics;
import io.bulwark.node.config.Settings;
import io.bulwark.node.scaling.ScalingCoordinator.Command;
import io.bulwark.node.watch.Telemetry;
import io.bulwark.persistence.ledger.LedgerMetrics;
import io.bulwark.scaling.LoadReport;
import io.bulwark.scaling.ScalingView;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs a node to say every two seconds what it has to do, and a coordinator to hear it: the share of a core is
 * the time of one report over two seconds. Without the network between them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LoadReportBenchmark {
    private static final MemberAddress SELF = new MemberAddress("127.0.0.1", 25_520);
    private static final LedgerMetrics LEDGER = new LedgerMetrics(true, 3, 1_000, 10, 20_000_000, 100, 0, 0, 0);

    private ActorSystem system = ActorSystem.create("benchmark", settings());
    private Serialization serialization = SerializationExtension.get(system);
    private MeasuredLoad load = load();
    private final Gathered gathered = new Gathered();
    private final ScalingView view = ScalingSamples.view();

    private static com.typesafe.config.Config settings() {
        var node = Settings.load(Optional.empty()).config();
        return ConfigFactory.parseString("akka.actor.provider = local")
                .withFallback(node.withOnlyPath("akka.actor"))
                .withFallback(node.withOnlyPath("akka.serialization"))
                .withFallback(ConfigFactory.load());
    }

    private MeasuredLoad load() {
        var meters =
                Telemetry.get(akka.actor.typed.javadsl.Adapter.toTyped(system)).meters();
        return new MeasuredLoad(new CallStatistics(), () -> LEDGER, () -> 1_000, meters);
    }

    @Setup
    public void readOnce() {
        load.read(0);
    }

    @TearDown
    public void end() {
        system.terminate();
    }

    /** Measured and written by a node. */
    @Benchmark
    public byte[] report() {
        return written();
    }

    /** Measured, written, read again and remembered: what a node and the coordinator do together. */
    @Benchmark
    public Object reportAndHear() {
        Command.Report report =
                serialization.deserialize(written(), Command.Report.class).get();
        gathered.heard(report.report(), Instant.EPOCH);
        return gathered;
    }

    /** The copy that the coordinator sends to each node with every evaluation, written and read. */
    @Benchmark
    public Object view() {
        byte[] bytes = serialization.serialize(view).get();
        return serialization.deserialize(bytes, ScalingView.class).get();
    }

    private byte[] written() {
        LoadReport report = new LoadReport(SELF, Instant.EPOCH, Duration.ofMinutes(1), load.read(0.001));
        return serialization.serialize(new Command.Report(report)).get();
    }
}
