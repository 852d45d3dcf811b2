package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.embedded.Servers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server's log is held against what the server says of its last transaction. */
class ArchiveTimesTest {
    @TempDir
    Path directory;

    @Test
    void lastTransaction_isTheServersOwn_inWholeSegmentsAndInPieces() throws IOException {
        Path place = Files.createDirectory(directory.resolve("source"));
        try (Archive archive = Archive.in(directory);
                var server = Servers.startThrowaway(place, "track_commit_timestamp = on")) {
            Source source = new Source(server, place);
            ArchiveTimes times = new ArchiveTimes(archive.wal);
            assertThat(times.last()).isEmpty();
            // A record of more than a segment: the next one begins in the middle of a page of another segment.
            source.execute(
                    "SELECT pg_logical_emit_message(false, 'test', repeat('x', 20000000))", "CREATE TABLE t (n int)");
            Instant first = lastCommit(source);
            Lsn end = source.endSegment();
            for (long number = 1; number < SegmentSize.USUAL.numberOf(end); number++) {
                put(archive, source, new WalSegment(1, number).name(SegmentSize.USUAL));
            }
            assertThat(times.last()).contains(lastCommit(source));
            assertThat(lastCommit(source)).isAfter(first);

            source.execute("INSERT INTO t VALUES (1)");
            Lsn flushed = source.flushed();
            int length = (int) flushed.minus(SegmentSize.USUAL.floor(flushed));
            String begun = new WalSegment(1, SegmentSize.USUAL.numberOf(flushed)).name(SegmentSize.USUAL);
            byte[] bytes = Files.readAllBytes(source.pgWal().resolve(begun));
            archive.wal.put(
                    new WalPiece(begun, 0, length).name(), new ByteArrayInputStream(Arrays.copyOf(bytes, length)));
            assertThat(times.last()).contains(lastCommit(source));
        }
    }

    @Test
    void whatIsNoLog_hasNoTransaction() {
        assertThat(TransactionEnds.last(new byte[0])).isEmpty();
        assertThat(TransactionEnds.last(new byte[8192])).isEmpty();
        byte[] noise = new byte[8192];
        Arrays.fill(noise, (byte) 0xD1);
        assertThat(TransactionEnds.last(noise)).isEqualTo(Optional.empty());
    }

    private static void put(Archive archive, Source source, String segment) throws IOException {
        Path file = source.pgWal().resolve(segment);
        if (Files.exists(file)) {
            archive.wal.put(segment, new ByteArrayInputStream(Files.readAllBytes(file)));
        }
    }

    private static Instant lastCommit(Source source) {
        long micros = Long.parseLong(
                source.query("SELECT (extract(epoch FROM timestamp) * 1000000)::bigint FROM pg_last_committed_xact()"));
        return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000);
    }
}
