package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertKind;
import static io.bulwark.persistence.repository.Rig.full;
import static io.bulwark.persistence.repository.Rig.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever can write into the store changes what is there. Each change is found as DAMAGED, and what was handed
 * out before is the beginning of what was written.
 */
class TamperingTest {
    private static final String PART = "base.tar";
    private static final String OBJECT = "backups/one/" + PART;
    private static final String INDEX = "backups/one/index.json";
    private static final int FRAME = SealedHeader.FRAME_BYTES + FrameCipher.TAG_BYTES;
    private static final byte[] PLAIN = noise(1, 200_000);

    @TempDir
    Path directory;

    private Rig rig;
    private Repository repository;
    private Backup backup;
    private byte[] stored;

    @BeforeEach
    void writeTwoBackups() throws IOException {
        rig = new Rig(directory);
        repository = rig.open();
        SequencedMap<String, byte[]> parts = new LinkedHashMap<>();
        parts.put(PART, PLAIN);
        parts.put("1638.tar", PLAIN);
        backup = Rig.write(repository, full("one"), parts);
        Rig.write(repository, full("two"), parts);
        stored = rig.at.read(OBJECT);
        Rig.assertSame(Rig.readAll(repository, backup, PART), PLAIN);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void object_isWhatTheFormatSays() {
        assertThat(stored.length)
                .isGreaterThan(SealedHeader.BYTES + 3 * FRAME)
                .isLessThan(SealedHeader.BYTES + 4 * FRAME);
        assertThat(backup.part(PART).orElseThrow().storedBytes()).isEqualTo(stored.length);
    }

    @Test
    void truncatedAtAnyBoundary_orBesideOne_isFound() throws IOException {
        List<Integer> boundaries = new ArrayList<>(List.of(0, SealedHeader.BYTES / 2));
        for (int at = SealedHeader.BYTES; at < stored.length; at += FRAME) {
            boundaries.addAll(List.of(at - 1, at, at + 1, at + 16, at + FRAME / 2));
        }
        boundaries.add(stored.length - 1);
        for (int length : boundaries) {
            if (length < stored.length) {
                assertFound("truncated to " + length, Arrays.copyOf(stored, length));
            }
        }
    }

    @Test
    void framesInAnotherOrder_areFound() throws IOException {
        List<byte[]> frames = frames(stored);
        for (int one = 0; one < frames.size(); one++) {
            for (int other = one + 1; other < frames.size(); other++) {
                List<byte[]> swapped = new ArrayList<>(frames);
                Collections.swap(swapped, one, other);
                assertFound("frames " + one + " and " + other + " swapped", join(swapped));
            }
            List<byte[]> rotated = new ArrayList<>(frames);
            Collections.rotate(rotated, one + 1);
            if (one + 1 < frames.size()) {
                assertFound("rotated by " + (one + 1), join(rotated));
            }
        }
    }

    @Test
    void frameTakenOutOrDoubledOrAppended_isFound() throws IOException {
        List<byte[]> frames = frames(stored);
        for (int number = 0; number < frames.size(); number++) {
            List<byte[]> without = new ArrayList<>(frames);
            without.remove(number);
            assertFound("without frame " + number, join(without));
            List<byte[]> doubled = new ArrayList<>(frames);
            doubled.add(number, frames.get(number));
            assertFound("frame " + number + " doubled", join(doubled));
            List<byte[]> longer = new ArrayList<>(frames);
            longer.add(frames.get(number));
            assertFound("frame " + number + " appended", join(longer));
        }
        assertFound("a byte appended", Arrays.copyOf(stored, stored.length + 1));
    }

    /** Of the constant beginning every bit, of the data key's id and the salt one of each byte. */
    @Test
    void everyByteOfTheHeader_isAuthenticated() throws IOException {
        SplittableRandom random = new SplittableRandom(17);
        for (int at = 0; at < SealedHeader.BYTES; at++) {
            for (int bit = 0; bit < (at < 16 ? 8 : 0); bit++) {
                assertFound("header byte " + at + ", bit " + bit, flipped(stored, at, bit), bit == 0);
            }
            assertFound("header byte " + at, flipped(stored, at, random.nextInt(8)), false);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void anyBitOfAnyFrameOrTag_isAuthenticated(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 40; round++) {
            int at = random.nextInt(SealedHeader.BYTES, stored.length);
            int bit = random.nextInt(8);
            assertFound("seed " + seed + ", byte " + at + ", bit " + bit, flipped(stored, at, bit));
        }
        List<byte[]> frames = frames(stored);
        int end = SealedHeader.BYTES;
        for (byte[] frame : frames) {
            end += frame.length;
            int at = end - 1 - random.nextInt(FrameCipher.TAG_BYTES);
            assertFound("tag byte " + at, flipped(stored, at, random.nextInt(8)));
        }
    }

    @Test
    void objectOfTheSameContent_fromTheSameBackupOrAnother_isFound() throws IOException {
        for (String other : List.of("backups/one/1638.tar", "backups/two/" + PART, "backups/two/1638.tar")) {
            byte[] foreign = rig.at.read(other);
            assertThat(foreign).as("same length, so that nothing else tells").hasSameSizeAs(stored);
            assertFound("all of " + other, foreign);
            byte[] headerOnly = stored.clone();
            System.arraycopy(foreign, 0, headerOnly, 0, SealedHeader.BYTES);
            assertFound("the header of " + other, headerOnly);
            List<byte[]> frames = frames(stored);
            for (int number = 0; number < frames.size(); number++) {
                List<byte[]> mixed = new ArrayList<>(frames);
                mixed.set(number, frames(foreign).get(number));
                assertFound("frame " + number + " of " + other, join(mixed));
            }
        }
    }

    @Test
    void olderObjectOfTheSameName_isFound() throws IOException {
        String oldKeyFile = keyFile(stored);
        byte[] oldKey = rig.at.read(oldKeyFile);
        repository.delete(backup);
        SequencedMap<String, byte[]> parts = new LinkedHashMap<>();
        parts.put(PART, PLAIN);
        backup = Rig.write(repository, full("one"), parts);
        rig.at.write(oldKeyFile, oldKey);
        byte[] older = stored;
        stored = rig.at.read(OBJECT);
        assertFound("the object of the deleted backup with its key", older);
    }

    private String keyFile(byte[] sealed) throws IOException {
        String id = SealedHeader.parse(sealed, "").dataKeyId();
        return rig.at.keys("keys/" + id).getFirst();
    }

    @Test
    void index_changedInAnyByte_isFound() throws IOException {
        byte[] original = rig.at.read(INDEX);
        SplittableRandom random = new SplittableRandom(11);
        for (int at = 0; at < original.length; at++) {
            rig.at.write(INDEX, flipped(original, at, random.nextInt(8)));
            assertThat(kindOf(repository)).as("byte " + at).isEqualTo(Kind.DAMAGED);
        }
        for (int length = 0; length < original.length; length += 5) {
            rig.at.write(INDEX, Arrays.copyOf(original, length));
            assertThat(kindOf(repository)).as("truncated to " + length).isEqualTo(Kind.DAMAGED);
        }
        rig.at.write(INDEX, original);
        assertThat(repository.backup("one")).contains(backup);
    }

    @Test
    void index_ofAnotherBackup_isFound_andTheOthersAreListed() throws IOException {
        rig.at.write(INDEX, rig.at.read("backups/two/index.json"));
        assertKind(Kind.DAMAGED, () -> repository.backup("one"));
        assertKind(Kind.DAMAGED, () -> repository.backups());
        assertThat(repository.listing().unreadable()).containsOnlyKeys("one");
        assertThat(repository.listing().backups()).extracting(Backup::id).containsExactly("two");
        assertKind(Kind.DAMAGED, () -> repository.read(backup, PART));
    }

    @Test
    void wrappedKey_changedInAnyByte_opensNothing() throws IOException {
        String wrapped = keyFile(stored);
        byte[] original = rig.at.read(wrapped);
        SplittableRandom random = new SplittableRandom(13);
        for (int at = 0; at < original.length; at++) {
            int bit = random.nextInt(8);
            rig.at.write(wrapped, flipped(original, at, bit));
            try (Repository fresh = rig.open()) {
                assertThat(kindOf(fresh)).as("byte " + at + ", bit " + bit).isIn(Kind.DAMAGED, Kind.WRONG_KEY);
            }
        }
    }

    private static Kind kindOf(Repository repository) {
        try {
            repository.backup("one");
            return Kind.EXISTS;
        } catch (StoreTrouble trouble) {
            return trouble.kind();
        }
    }

    @Test
    void missingWrappedKey_isDamage_andSaysWhichObject() throws IOException {
        String wrapped = keyFile(stored);
        rig.at.delete(wrapped);
        try (Repository fresh = rig.open()) {
            assertKind(Kind.DAMAGED, () -> fresh.backup("one"));
            assertThat(fresh.listing().unreadable().get("one"))
                    .hasMessageContaining(
                            "keys/" + SealedHeader.parse(stored, "").dataKeyId());
        }
    }

    @Test
    void repositoryWithoutItsDescription_isNotMadeAnew() throws IOException {
        rig.at.delete("repository.json");
        assertKind(Kind.DAMAGED, rig::open);
        assertThat(rig.at.has("repository.json")).isFalse();
    }

    /** Reads and verifies the object with this content, then puts the original back. */
    private void assertFound(String attack, byte[] content) throws IOException {
        assertFound(attack, content, true);
    }

    private void assertFound(String attack, byte[] content, boolean alsoVerify) throws IOException {
        rig.at.write(OBJECT, content);
        ByteArrayOutputStream handedOut = new ByteArrayOutputStream();
        Kind kind = Kind.FAILED;
        try (InputStream in = repository.read(backup, PART)) {
            in.transferTo(handedOut);
        } catch (StoreTrouble trouble) {
            kind = trouble.kind();
        }
        assertThat(kind).as(attack).isEqualTo(Kind.DAMAGED);
        byte[] bytes = handedOut.toByteArray();
        assertThat(Arrays.equals(bytes, Arrays.copyOf(PLAIN, bytes.length)))
                .as(attack + ": only right bytes were handed out")
                .isTrue();
        if (alsoVerify) {
            assertThat(repository.verify(backup).problems())
                    .as(attack)
                    .extracting(Verified.Problem::key, Verified.Problem::kind)
                    .containsExactly(tuple(OBJECT, Kind.DAMAGED));
        }
        rig.at.write(OBJECT, stored);
    }

    private static byte[] flipped(byte[] bytes, int at, int bit) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << bit);
        return flipped;
    }

    private static List<byte[]> frames(byte[] object) {
        List<byte[]> frames = new ArrayList<>();
        for (int at = SealedHeader.BYTES; at < object.length; at += FRAME) {
            frames.add(Arrays.copyOfRange(object, at, Math.min(at + FRAME, object.length)));
        }
        return frames;
    }

    private byte[] join(List<byte[]> frames) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(stored, 0, SealedHeader.BYTES);
        frames.forEach(joined::writeBytes);
        return joined.toByteArray();
    }
}
