package io.bulwark.http.server;

import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import io.bulwark.http.framing.Bounds;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What reading a plain request and writing its answer cost, without the network. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PlainRequestBenchmark {
    private static final Bounds BOUNDS = new Bounds(8_192, 32_768, 100, 1_024, 1_000_000);
    private static final ByteString ACQUIRE =
            ByteString.fromArray(("POST /v1/tenants/acme/limits/requests/acquire HTTP/1.1\r\n"
                            + "Host: 127.0.0.1:8080\r\nAuthorization: Bearer " + "x".repeat(300)
                            + "\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"cost\":1}")
                    .getBytes(StandardCharsets.US_ASCII));
    private static final HttpResponse ALLOWED =
            Answers.json(200, Map.of("allowed", true, "limit", 100, "remaining", 73, "resetAfter", "PT0.4S"));

    private final WholeRequestReader reader = new WholeRequestReader(BOUNDS);
    private final AnswerWriter writer = new AnswerWriter(InstantSource.system());

    /** A request like the one before it on the same connection, as most are. */
    @Benchmark
    public Object read() {
        return reader.read(ACQUIRE);
    }

    /** The first request of a connection. */
    @Benchmark
    public Object readFirst() {
        return new WholeRequestReader(BOUNDS).read(ACQUIRE);
    }

    @Benchmark
    public Object write() {
        return writer.write(ALLOWED, false);
    }
}
