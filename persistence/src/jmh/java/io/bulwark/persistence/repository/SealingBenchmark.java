package io.bulwark.persistence.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What sealing and opening cost, of {@value #MEGABYTES} MB (millions of bytes) at a time: MB per second are
 * {@value #MEGABYTES} times the operations per second. The plain bytes compress to about a third, as tables do.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 4, time = 5)
@Fork(1)
public class SealingBenchmark {
    private static final int MEGABYTES = 100;
    private static final int ROW_BYTES = 64;
    private static final int RANDOM_BYTES_OF_ROW = 20;

    @Param({"0", "2"})
    private int workers;

    private final SecureRandom random = new SecureRandom();
    private final DataKey key = DataKey.random(random);
    private final byte[] plain = rows();
    private Path directory = Path.of("");
    private DirectoryStore store;

    @Setup
    public void prepare() throws IOException {
        directory = Files.createTempDirectory("sealing");
        store = DirectoryStore.open(directory, () -> Instant.EPOCH);
        seal("kept", store);
    }

    @TearDown
    public void remove() throws IOException {
        store.delete("kept");
        Files.delete(directory);
    }

    /** Compression, encryption and hash; the stored bytes go nowhere. */
    @Benchmark
    public long seal() throws IOException {
        return seal("object", new NullStore());
    }

    /** The same into a file, with fsync. */
    @Benchmark
    public long sealToFile() throws IOException {
        long stored = seal("object", store);
        store.delete("object");
        return stored;
    }

    @Benchmark
    public long open() throws IOException {
        try (InputStream in = Opening.of(store.open("kept"), "kept", id -> key, OptionalLong.of(plain.length))) {
            return in.transferTo(OutputStream.nullOutputStream());
        }
    }

    private long seal(String objectKey, ObjectStore into) throws IOException {
        try (Sealing sealing = Sealing.begin(into, objectKey, key, new Compression(3, workers), random)) {
            for (int at = 0; at < plain.length; at += 1 << 16) {
                sealing.write(plain, at, Math.min(1 << 16, plain.length - at));
            }
            return sealing.finish().storedBytes();
        }
    }

    private static byte[] rows() {
        SplittableRandom seeded = new SplittableRandom(1);
        byte[] rows = new byte[MEGABYTES * 1_000_000];
        for (int at = 0; at < rows.length; at++) {
            int inRow = at % ROW_BYTES;
            rows[at] = (byte) (inRow < RANDOM_BYTES_OF_ROW ? seeded.nextInt(256) : inRow);
        }
        return rows;
    }
}
