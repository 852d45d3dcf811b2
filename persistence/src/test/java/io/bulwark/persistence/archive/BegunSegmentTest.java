package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BegunSegmentTest {
    private static final SegmentSize SMALL = new SegmentSize(1 << 20);
    private static final WalSegment FIFTH = new WalSegment(1, 5);

    private final byte[] log = new byte[2 << 20];

    BegunSegmentTest() {
        new SplittableRandom(7).nextBytes(log);
    }

    @Test
    void segment_takesNoMoreThanItsOwn() {
        BegunSegment begun = BegunSegment.fresh(SMALL, FIFTH);
        ByteBuffer data = ByteBuffer.wrap(log);
        assertThat(begun.take(data)).isTrue();
        assertThat(begun.whole()).isTrue();
        assertThat(data.remaining()).isEqualTo(SMALL.bytes());
        BegunSegment next = begun.followedBy(new WalSegment(1, 6));
        assertThat(next.next()).isEqualTo(begun.end()).isEqualTo(SMALL.start(6));
        assertThat(next.take(data)).isTrue();
        assertThat(next.content()).hasBinaryContent(Arrays.copyOfRange(log, SMALL.bytes(), log.length));
    }

    @Test
    void positions_tellWhatHasArrivedAndWhatIsStored() {
        BegunSegment begun = BegunSegment.fresh(SMALL, FIFTH);
        begun.take(ByteBuffer.wrap(log, 0, 300));
        assertThat(begun.unstored()).isEqualTo(300);
        assertThat(begun.storedTo()).isEqualTo(SMALL.start(5));
        WalPiece first = begun.piece();
        assertThat(begun.stored(first)).isEmpty();
        begun.take(ByteBuffer.wrap(log, 300, 50));
        assertThat(begun.storedTo()).isEqualTo(SMALL.start(5).plus(300));
        assertThat(begun.next()).isEqualTo(SMALL.start(5).plus(350));
        assertThat(begun.piece()).isEqualTo(new WalPiece(FIFTH.name(SMALL), 300, 350));
        assertThat(begun.content(begun.piece())).hasBinaryContent(Arrays.copyOfRange(log, 300, 350));
    }

    @Test
    void sameBytesAgain_areHeldAgainstWhatIsStored() {
        BegunSegment begun =
                BegunSegment.held(SMALL, FIFTH, Pieces.of(FIFTH.name(SMALL), "0-500"), Arrays.copyOf(log, 500));
        assertThat(begun.storedTo()).isEqualTo(SMALL.start(5).plus(500));
        assertThat(begun.unstored()).isZero();
        assertThat(begun.take(ByteBuffer.wrap(log, 0, 400))).isTrue();
        assertThat(begun.unstored()).isZero();
        assertThat(begun.take(ByteBuffer.wrap(log, 400, 200))).isTrue();
        assertThat(begun.unstored()).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 399, 400, 499})
    void otherBytes_areNoticed(int position) {
        BegunSegment begun =
                BegunSegment.held(SMALL, FIFTH, Pieces.of(FIFTH.name(SMALL), "0-500"), Arrays.copyOf(log, 500));
        log[position]++;
        assertThat(begun.take(ByteBuffer.wrap(log, 0, 400)) && begun.take(ByteBuffer.wrap(log, 400, 200)))
                .isFalse();
    }

    @Test
    void otherBytesThanThoseNotStored_areTakenAfterANewConnection() throws IOException {
        BegunSegment begun = BegunSegment.fresh(SMALL, FIFTH);
        begun.take(ByteBuffer.wrap(log, 0, 300));
        begun.again();
        log[10]++;
        assertThat(begun.take(ByteBuffer.wrap(log, 0, 300))).isTrue();
        assertThat(begun.content(begun.piece()).readAllBytes()).isEqualTo(Arrays.copyOf(log, 300));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void pieces_areFewAndCoverWhatIsStored(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BegunSegment begun = BegunSegment.fresh(SMALL, FIFTH);
        List<WalPiece> held = new ArrayList<>();
        for (int at = 0; at < 900_000; ) {
            int length = 1 + random.nextInt(200);
            begun.take(ByteBuffer.wrap(log, at, length));
            at += length;
            WalPiece piece = begun.piece();
            held.add(piece);
            held.removeAll(begun.stored(piece));
            assertThat(begun.storedTo()).isEqualTo(SMALL.start(5).plus(at));
        }
        int stored = Math.toIntExact(begun.storedTo().minus(SMALL.start(5)));
        assertThat(WalPiece.covered(held)).isEqualTo(stored);
        assertThat(held).containsExactlyInAnyOrderElementsOf(begun.pieces());
        assertThat(held.size()).isLessThan(BegunSegment.RUN + 9_000 / BegunSegment.RUN + 10);
        assertThat(held.stream().mapToInt(piece -> piece.to() - piece.from()).sum())
                .isEqualTo(stored);
    }
}
