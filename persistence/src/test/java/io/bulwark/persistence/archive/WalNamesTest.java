package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalNamesTest {
    @ParameterizedTest
    @CsvSource({
        "0/0, 0",
        "0/2000028, 33554472",
        "1/0, 4294967296",
        "16/B374D848, 97500059720",
        "7FFFFFFF/FFFFFFFF, 9223372036854775807"
    })
    void lsn_isReadAndWrittenAsPostgresDoes(String text, long value) {
        assertThat(Lsn.parse(text)).isEqualTo(new Lsn(value));
        assertThat(new Lsn(value)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0/", "/0", "0/123456789", "x/0", "0/0 ", "-1/0", "FFFFFFFF/0"})
    void lsnOfAnotherForm_isRefused(String text) {
        assertThatThrownBy(() -> Lsn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "16777216, 1, 0, 000000010000000000000000",
        "16777216, 1, 255, 0000000100000000000000FF",
        "16777216, 1, 256, 000000010000000100000000",
        "16777216, 11, 42, 0000000B000000000000002A",
        "1048576, 2, 4095, 000000020000000000000FFF",
        "1048576, 2, 4096, 000000020000000100000000",
        "67108864, 1, 64, 000000010000000100000000",
        "1073741824, 1, 7, 000000010000000100000003"
    })
    void segment_isNamedAsPostgresDoes(int bytes, int timeline, long number, String name) {
        SegmentSize size = new SegmentSize(bytes);
        WalSegment segment = new WalSegment(timeline, number);
        assertThat(segment.name(size)).isEqualTo(name);
        assertThat(WalSegment.parse(name, size)).contains(segment);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "000000010000000000000100",
                "000000000000000000000001",
                "00000001000000000000000a",
                "0000000100000000000000",
                "00000002.history",
                "000000010000000000000001.partial",
                "000000010000000000000001.partial/00000000-00000010"
            })
    void nameOfAnotherForm_isNoSegment(String name) {
        assertThat(WalSegment.parse(name, SegmentSize.USUAL)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1 << 19, 3 << 20, Integer.MIN_VALUE})
    void segmentSizeThatNoServerHas_isRefused(int bytes) {
        assertThatThrownBy(() -> new SegmentSize(bytes)).hasMessageContaining("wal_segment_size is " + bytes);
    }

    @Test
    void piece_isNamedByWhatItCovers() {
        WalPiece piece = new WalPiece("00000001000000000000002A", 0x1F40, 0x2000);
        assertThat(piece.name()).isEqualTo("00000001000000000000002A.partial/00001F40-00002000");
        assertThat(WalPiece.parse(piece.name())).contains(piece);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000001000000000000002A",
                "00000001000000000000002A.partial/00001F40",
                "00000001000000000000002A.partial/00001F40-00001F40",
                "00000001000000000000002A.partial/00002000-00001F40",
                "00000001000000000000002A.partial/80000000-80000001",
                "2A.partial/00001F40-00002000"
            })
    void nameOfAnotherForm_isNoPiece(String name) {
        assertThat(WalPiece.parse(name)).isEqualTo(Optional.empty());
    }

    @ParameterizedTest(name = "{0} covers {1} with {2} pieces")
    @CsvSource({
        "'', 0, 0",
        "0-10, 10, 1",
        "5-10, 0, 0",
        "0-10 10-20, 20, 2",
        "10-20 0-10, 20, 2",
        "0-10 11-20, 10, 1",
        "0-10 10-20 20-30 0-30, 30, 1",
        "0-10 10-20 0-20 20-30, 30, 2",
        "0-10 5-20 15-17, 20, 2",
        "0-100 20-30 100-120, 120, 2"
    })
    void pieces_coverASegmentUpToTheFirstHole(String ranges, int covered, int chain) {
        List<WalPiece> pieces = Pieces.of("00000001000000000000002A", ranges);
        assertThat(WalPiece.covered(pieces)).isEqualTo(covered);
        assertThat(WalPiece.chain(pieces)).hasSize(chain);
    }

    @Test
    void history_tellsOnWhichTimelineASegmentIs() {
        Timelines timelines = Timelines.parse(4, """
                # a comment
                1\t0/5000000\tat a boundary: segment 5 is the first of timeline 2

                2\t0/7000100\tin the middle of segment 7
                3\t0/7000200\tin the middle of the same
                """);
        List<Integer> at = List.of(1, 1, 2, 2, 4, 4);
        for (int i = 0; i < at.size(); i++) {
            assertThat(timelines.at(3 + i, SegmentSize.USUAL))
                    .as("segment %d", 3 + i)
                    .isEqualTo(at.get(i));
        }
        assertThat(Timelines.first().at(99, SegmentSize.USUAL)).isOne();
        assertThat(Timelines.historyName(11)).isEqualTo("0000000B.history");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x\t0/1", "1", "1\tnowhere", "2\t0/5000000", "1\t0/5000000\n1\t0/6000000", "1 0/5 \n 2 0/4"})
    void historyOfAnotherForm_isRefused(String history) {
        assertThatThrownBy(() -> Timelines.parse(history.contains("2 0/4") ? 3 : 2, history))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
