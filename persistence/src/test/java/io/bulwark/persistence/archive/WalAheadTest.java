package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalAheadTest {
    @TempDir
    Path scratch;

    @Test
    void plan_isWhatFetchReadsAndWrites_fromTheSegmentOfThePositionOn() throws IOException {
        try (Archive archive = Archive.in(scratch)) {
            put(archive, "00000002.history", "1\t0/300000\tno reason\n".getBytes(StandardCharsets.UTF_8));
            for (int number = 1; number < 4; number++) {
                put(archive, name(number), segment(number));
            }
            for (WalPiece piece : Pieces.of(name(4), "0-100 100-300")) {
                put(archive, piece.name(), Arrays.copyOfRange(segment(4), piece.from(), piece.to()));
            }
            WalAhead ahead = new WalAhead(archive.wal);
            Lsn from = FakeSegments.SMALL.start(2).plus(77);
            List<WalAhead.Needed> plan = ahead.plan(from);
            assertThat(plan)
                    .extracting(WalAhead.Needed::name)
                    .containsExactlyElementsOf(ahead.needed(from))
                    .containsExactly(name(2), name(3), name(4), "00000002.history");
            assertThat(plan).allSatisfy(file -> assertThat(file.storedBytes()).isPositive());
            assertThat(plan.subList(0, 3))
                    .extracting(WalAhead.Needed::plainBytes)
                    .containsOnly((long) FakeSegments.SMALL.bytes());
            // A segment of random bytes takes what it is, the beginning of one what its pieces are.
            assertThat(plan.get(0).storedBytes()).isGreaterThan(FakeSegments.SMALL.bytes());
            assertThat(plan.get(2).storedBytes()).isBetween(2 * 150L, 2 * 500L);
            Path folder = scratch.resolve("fetched");
            assertThat(ahead.fetch(from, folder, _ -> {})).isEqualTo(4);
            assertThat(folder.resolve(name(3))).hasBinaryContent(segment(3));
            assertThat(folder.toFile().list()).hasSize(4);
        }
    }

    private static String name(int number) {
        return new WalSegment(1, number).name(FakeSegments.SMALL);
    }

    private static byte[] segment(int number) {
        return FakeSegments.segment(4711, number, FakeSegments.SMALL);
    }

    private static void put(Archive archive, String name, byte[] content) throws IOException {
        archive.wal.put(name, new ByteArrayInputStream(content));
    }
}
