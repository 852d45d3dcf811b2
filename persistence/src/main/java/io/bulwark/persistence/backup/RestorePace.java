package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/**
 * How fast a restore should be on this machine, by a probe: as much as a second of each kind of work takes.
 *
 * @param readPerSecond bytes that come out of the repository, decrypted and decompressed; more than 0
 * @param writtenPerSecond bytes that are hashed, written to the target's volume and forced to disk; more than 0
 */
public record RestorePace(double readPerSecond, double writtenPerSecond) {
    private static final long PROBE_NANOS_MAX = 1_000_000_000L;
    private static final long PROBE_BYTES_MAX = 128L << 20;
    /** The fastest stretch counts: in the first ones Java is still compiling, which a restore has soon behind it. */
    private static final int STRETCH_BYTES = 4 << 20;

    private static final int PIECE_BYTES = 256 * 1024;
    private static final double NANOS = 1e9;

    /**
     * Reads from the largest part of the plan and writes a file beside the target, which is deleted again: at most 1 s and
     * 128 MiB of each.
     *
     * @param target it need not be there
     * @throws IOException when the repository cannot be read or the volume not be written, as the restore would find too
     */
    public static RestorePace probe(Repository repository, RestorePlan plan, Path target) throws IOException {
        Path folder = RestoreChecks.existing(target.toAbsolutePath().normalize());
        return new RestorePace(read(repository, plan), write(folder));
    }

    private static double read(Repository repository, RestorePlan plan) throws IOException {
        RestorePlan.Read largest = plan.reads().stream()
                .max(Comparator.comparingLong(RestorePlan.Read::plainBytes))
                .orElseThrow();
        Optional<Backup> backup = plan.chain().stream()
                .filter(one -> one.id().equals(largest.backupId()))
                .findFirst();
        byte[] stretch = new byte[STRETCH_BYTES];
        long begin = System.nanoTime();
        long bytes = 0;
        double fastest = 0;
        try (InputStream content = repository.read(backup.orElseThrow(), largest.part())) {
            int read = STRETCH_BYTES;
            while (read == STRETCH_BYTES && goesOn(begin, bytes)) {
                long stretchBegin = System.nanoTime();
                read = content.readNBytes(stretch, 0, STRETCH_BYTES);
                bytes += read;
                // The last one is too short to tell anything, unless it is the only one.
                if (read == STRETCH_BYTES || fastest == 0) {
                    fastest = Math.max(fastest, perSecond(read, stretchBegin));
                }
            }
        }
        return fastest;
    }

    private static double write(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, ".bulwark-probe-", "", Layout.FILE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            byte[] piece = new byte[PIECE_BYTES];
            MessageDigest digest = Hashing.sha256();
            long begin = System.nanoTime();
            long bytes = 0;
            while (goesOn(begin, bytes)) {
                digest.update(piece);
                ByteBuffer buffer = ByteBuffer.wrap(piece);
                while (buffer.hasRemaining()) {
                    bytes += channel.write(buffer);
                }
                // No two pieces are alike, for volumes that write the same only once.
                System.arraycopy(digest.digest(), 0, piece, 0, digest.getDigestLength());
            }
            channel.force(true);
            return perSecond(bytes, begin);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static boolean goesOn(long begin, long bytes) {
        return bytes < PROBE_BYTES_MAX && System.nanoTime() - begin < PROBE_NANOS_MAX;
    }

    private static double perSecond(long bytes, long begin) {
        return Math.max(1, bytes) * NANOS / Math.max(1, System.nanoTime() - begin);
    }

    /**
     * How long a restore of so much should take: it reads and writes at the same time, so the slower one counts. Rounded up
     * to a whole second.
     *
     * @param plainBytes as {@link RestorePlan#plainBytes} has them
     */
    public Duration of(long plainBytes) {
        return Duration.ofSeconds((long) Math.ceil(plainBytes / Math.min(readPerSecond, writtenPerSecond)));
    }
}
