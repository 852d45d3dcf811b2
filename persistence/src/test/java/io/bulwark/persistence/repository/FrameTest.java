package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertKind;
import static io.bulwark.persistence.repository.Rig.assertSame;
import static io.bulwark.persistence.repository.Rig.noise;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames alone, without a compressed stream in them that has an end of its own. */
class FrameTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SEALED_FRAME = SealedHeader.FRAME_BYTES + FrameCipher.TAG_BYTES;

    @TempDir
    Path directory;

    private final DataKey key = DataKey.random(RANDOM);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 200_000})
    void frames_comeBack_andAreAsManyAsNeeded(int bytes) throws IOException {
        byte[] plain = noise(bytes, bytes);
        byte[] object = write("a/one", plain);
        int frames = Math.max(1, (bytes + SealedHeader.FRAME_BYTES - 1) / SealedHeader.FRAME_BYTES);
        assertThat(object).hasSize(SealedHeader.BYTES + bytes + frames * FrameCipher.TAG_BYTES);
        assertSame(read("a/one"), plain);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_536, 131_072, 200_000})
    void objectThatEndsWithAWholeFrameTooEarly_isDamaged(int bytes) throws IOException {
        byte[] object = write("a/one", noise(bytes, bytes));
        for (int length = SealedHeader.BYTES; length < object.length; length += SEALED_FRAME) {
            Files.write(directory.resolve("a/one"), Arrays.copyOf(object, length));
            assertKind(Kind.DAMAGED, () -> read("a/one"));
        }
    }

    @Test
    void objectUnderAnotherKeyOfTheSameLength_isDamaged() throws IOException {
        write("a/one", noise(1, 1_000));
        Files.copy(directory.resolve("a/one"), directory.resolve("a/two"));
        assertKind(Kind.DAMAGED, () -> read("a/two"));
        assertThat(read("a/one")).hasSize(1_000);
    }

    @Test
    void twoObjectsOfOneDataKey_shareNoKeyStream() throws IOException {
        byte[] plain = noise(1, 1_000);
        byte[] one = write("a/one", plain);
        byte[] two = write("a/two", plain);
        int equal = 0;
        for (int at = SealedHeader.BYTES; at < one.length; at++) {
            equal += one[at] == two[at] ? 1 : 0;
        }
        assertThat(equal).as("about one in 256 by chance").isLessThan(30);
    }

    private byte[] write(String objectKey, byte[] plain) throws IOException {
        try (ObjectWriter object = store().create(objectKey);
                FrameWriter frames = FrameWriter.begin(object, objectKey, key, RANDOM)) {
            frames.write(plain);
            frames.commit();
        }
        return Files.readAllBytes(directory.resolve(objectKey));
    }

    private byte[] read(String objectKey) throws IOException {
        try (InputStream frames = FrameReader.open(store().open(objectKey), objectKey, id -> key)) {
            return frames.readAllBytes();
        }
    }

    private DirectoryStore store() throws StoreTrouble {
        return DirectoryStore.open(directory, () -> Rig.NOW);
    }
}
