package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockFileTest {
    private static final int PAGE = 8192;

    @TempDir
    Path directory;

    /** Pages are written as letters: the earlier file's are capitals, the changed ones small, zeros are dots. */
    @ParameterizedTest(name = "{0} with {1} kept and pages {2}: {3}")
    @CsvSource({
        "ABCD, 4, '',      ABCD",
        "ABCD, 4, 1,       AbCD",
        "ABCD, 4, 0 3,     aBCd",
        "ABCD, 2, '',      AB",
        "ABCD, 0, '',      ''",
        "ABCD, 2, 2 3 4,   ABcde",
        "ABCD, 1, 3,       A..d",
        "AB,   5, '',      AB...",
        "AB,   2, 2 3,     ABcd",
        "'',   0, 0 1,     ab",
    })
    void apply_putsTheChangedPagesOver(String earlier, int kept, String changed, String expected) throws IOException {
        int[] pages = Arrays.stream(changed.split(" ", -1))
                .filter(page -> !page.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
        assertThat(letters(applied(pages(earlier), content(kept, pages)))).isEqualTo(expected);
    }

    @Test
    void apply_manyPages_isWhatAnArrayOfPagesWouldBe() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 50; round++) {
            int before = random.nextInt(120);
            int kept = random.nextInt(150);
            int[] changed =
                    random.ints(random.nextInt(100), 0, 160).distinct().sorted().toArray();
            byte[] earlier = new byte[before * PAGE];
            Arrays.fill(earlier, (byte) 'A');
            int end = Math.max(kept, changed.length == 0 ? 0 : changed[changed.length - 1] + 1);
            byte[] expected = new byte[end * PAGE];
            System.arraycopy(earlier, 0, expected, 0, Math.min(before, Math.min(kept, end)) * PAGE);
            for (int page : changed) {
                Arrays.fill(expected, page * PAGE, (page + 1) * PAGE, letter(page));
            }
            assertThat(applied(earlier, content(kept, changed))).isEqualTo(expected);
        }
    }

    @Test
    void apply_whatIsNoSuchFile_isRefusedByName() {
        byte[] good = content(4, 1, 2);
        byte[] otherMagic = good.clone();
        otherMagic[0]++;
        byte[] tooManyPages = good.clone();
        tooManyPages[4] = 3;
        byte[] negative = good.clone();
        negative[7] = -1;
        byte[] cutOff = Arrays.copyOf(good, good.length - 1);
        for (byte[] bad : List.of(otherMagic, tooManyPages, negative, cutOff)) {
            assertThatThrownBy(() -> applied(pages("ABCD"), bad))
                    .isInstanceOf(RestoreException.class)
                    .hasMessageContaining("base/1/INCREMENTAL.2")
                    .hasMessageContaining("damaged");
        }
    }

    @Test
    void apply_contentThatEndsEarly_isRefused() throws IOException {
        byte[] good = content(4, 1, 2);
        Path file = Files.write(directory.resolve("file"), pages("ABCD"));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var half = new ByteArrayInputStream(good, 0, good.length / 2);
            assertThatThrownBy(() -> BlockFile.apply(half, good.length, channel, "name"))
                    .isInstanceOf(RestoreException.class)
                    .hasMessageContaining("ends early");
        }
    }

    private byte[] applied(byte[] earlier, byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("file"), earlier);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            BlockFile.apply(new ByteArrayInputStream(content), content.length, channel, "base/1/INCREMENTAL.2");
        }
        return Files.readAllBytes(file);
    }

    private static byte[] content(int kept, int... pages) {
        int header = 12 + 4 * pages.length;
        int padded = pages.length == 0 ? header : (header + PAGE - 1) / PAGE * PAGE;
        ByteBuffer content = ByteBuffer.allocate(padded + pages.length * PAGE).order(ByteOrder.LITTLE_ENDIAN);
        content.putInt(0xd3ae1f0d).putInt(pages.length).putInt(kept);
        for (int page : pages) {
            content.putInt(page);
        }
        for (int i = 0; i < pages.length; i++) {
            Arrays.fill(content.array(), padded + i * PAGE, padded + (i + 1) * PAGE, letter(pages[i]));
        }
        return content.array();
    }

    private static byte letter(int page) {
        return (byte) ('a' + page % 26);
    }

    private static byte[] pages(String letters) {
        byte[] pages = new byte[letters.length() * PAGE];
        for (int i = 0; i < letters.length(); i++) {
            Arrays.fill(pages, i * PAGE, (i + 1) * PAGE, (byte) letters.charAt(i));
        }
        return pages;
    }

    private static String letters(byte[] pages) {
        StringBuilder letters = new StringBuilder();
        for (int page = 0; page < pages.length / PAGE; page++) {
            byte first = pages[page * PAGE];
            for (int i = 0; i < PAGE; i++) {
                assertThat(pages[page * PAGE + i]).isEqualTo(first);
            }
            letters.append(first == 0 ? '.' : (char) first);
        }
        return letters.toString();
    }
}
