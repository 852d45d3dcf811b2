package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.StoreTrouble;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalReaderTest {
    private static final String NAME = Pieces.segment(1, 5);

    private final byte[] segment = FakeSegments.segment(4711, 5, FakeSegments.SMALL);

    @TempDir
    Path scratch;

    private Archive archive;
    private Path folder;
    private Path target;
    private WalReader reader;

    @BeforeEach
    void open() throws IOException {
        archive = Archive.in(scratch);
        folder = Files.createDirectory(scratch.resolve("pg_wal"));
        target = folder.resolve("RECOVERYXLOG");
        reader = new WalReader(archive.wal);
    }

    @AfterEach
    void close() {
        archive.close();
    }

    @Test
    void wholeSegment_isWrittenAsItWas_overWhatIsThere() throws IOException {
        put(NAME, segment);
        Files.writeString(target, "an earlier one");
        assertThat(reader.fetch(NAME, target)).isTrue();
        assertThat(target).hasBinaryContent(segment);
        assertThat(folder.toFile().list()).containsExactly("RECOVERYXLOG");
    }

    @Test
    void history_isWrittenAsItWas() throws IOException {
        put("00000002.history", "1\t0/5000000\tno recovery target\n".getBytes(StandardCharsets.UTF_8));
        assertThat(reader.fetch("00000002.history", target)).isTrue();
        assertThat(target).hasContent("1\t0/5000000\tno recovery target\n");
    }

    @Test
    void whatIsNotThere_isNotWritten() throws IOException {
        put(NAME, segment);
        for (String name : List.of(
                Pieces.segment(1, 6),
                Pieces.segment(2, 5),
                "00000002.history",
                NAME + ".partial",
                NAME + ".00000028.backup",
                "../" + NAME,
                "")) {
            assertThat(reader.fetch(name, target)).as(name).isFalse();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void begunSegment_isPutTogetherUpToTheFirstHole_andFilledUpWithZeros() throws IOException {
        putPieces("0-100 100-300 0-300 250-900 901-1000");
        assertThat(reader.fetch(NAME, target)).isTrue();
        assertThat(target).hasBinaryContent(Arrays.copyOf(Arrays.copyOf(segment, 900), segment.length));
    }

    @Test
    void begunSegmentWithoutItsBeginning_isNotThere() throws IOException {
        putPieces("100-300");
        assertThat(reader.fetch(NAME, target)).isFalse();
        assertThat(target).doesNotExist();
    }

    @Test
    void wholeSegment_comesBeforeItsPieces() throws IOException {
        putPieces("0-100");
        put(NAME, segment);
        assertThat(reader.fetch(NAME, target)).isTrue();
        assertThat(target).hasBinaryContent(segment);
    }

    @Test
    void pieceThatIsNotWhatItsNameSays_isDamaged_andNothingIsWritten() throws IOException {
        put(new WalPiece(NAME, 0, 100).name(), Arrays.copyOf(segment, 90));
        assertThatThrownBy(() -> reader.fetch(NAME, target))
                .isInstanceOfSatisfying(
                        StoreTrouble.class,
                        trouble -> assertThat(trouble.kind()).isEqualTo(StoreTrouble.Kind.DAMAGED));
        assertThat(folder).isEmptyDirectory();
    }

    private void putPieces(String ranges) throws IOException {
        for (WalPiece piece : Pieces.of(NAME, ranges)) {
            put(piece.name(), Arrays.copyOfRange(segment, piece.from(), piece.to()));
        }
    }

    private void put(String name, byte[] content) throws IOException {
        archive.wal.put(name, new ByteArrayInputStream(content));
    }
}
