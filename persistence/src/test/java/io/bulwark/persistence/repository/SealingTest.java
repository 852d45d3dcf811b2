package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertKind;
import static io.bulwark.persistence.repository.Rig.assertSame;
import static io.bulwark.persistence.repository.Rig.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SealingTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String KEY = "backups/one/base.tar";

    @TempDir
    Path directory;

    private ObjectStore store;
    private final DataKey key = DataKey.random(RANDOM);

    @BeforeEach
    void openStore() throws StoreTrouble {
        store = new Rig(directory).store();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_519, 65_520, 65_535, 65_536, 65_537, 131_072, 5_000_000})
    void plainBytes_comeBack_whateverTheirNumber(int bytes) throws IOException {
        for (int workers : new int[] {0, 2}) {
            for (byte[] plain : new byte[][] {noise(bytes, bytes), new byte[bytes]}) {
                Sealing.Sealed sealed = seal(plain, new Compression(3, workers));
                assertThat(sealed.plainBytes()).isEqualTo(bytes);
                assertThat(store.stat(KEY)).contains(new ObjectStore.Stored(KEY, sealed.storedBytes()));
                assertSame(open(OptionalLong.of(bytes)), plain);
                store.delete(KEY);
            }
        }
    }

    /** Noise grows by a few bytes when it is compressed: somewhere here the stream ends exactly with a frame. */
    @Test
    void streamThatEndsWithAFrame_comesBack() throws IOException {
        boolean exact = false;
        for (int bytes = 65_500; bytes <= 65_536; bytes++) {
            byte[] plain = noise(bytes, bytes);
            long stored = seal(plain, new Compression(3, 0)).storedBytes();
            exact |= stored == SealedHeader.BYTES + SealedHeader.FRAME_BYTES + FrameCipher.TAG_BYTES;
            assertSame(open(OptionalLong.of(bytes)), plain);
            store.delete(KEY);
        }
        assertThat(exact).as("the case is among them").isTrue();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void piecesOfAnySize_makeTheSameBytes(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] plain = noise(seed, 700_000);
        Arrays.fill(plain, 100_000, 400_000, (byte) 'x');
        try (Sealing sealing = Sealing.begin(store, KEY, key, new Compression(3, (int) seed % 2), RANDOM)) {
            int at = 0;
            while (at < plain.length) {
                int length = Math.min(plain.length - at, random.nextInt(100_000));
                sealing.write(plain, at, length);
                at += length;
            }
            sealing.finish();
        }
        byte[] read = new byte[plain.length];
        try (InputStream in = Opening.of(store.open(KEY), KEY, id -> key, OptionalLong.empty())) {
            int at = 0;
            while (at < read.length) {
                int count = in.read(read, at, 1 + random.nextInt(read.length - at));
                assertThat(count).isPositive();
                at += count;
            }
            assertThat(in.read()).isEqualTo(-1);
        }
        assertSame(read, plain);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "3, 0", "3, 4", "19, 1"})
    void everyLevel_isReadWithoutKnowingIt(int level, int workers) throws IOException {
        byte[] plain = new byte[1_000_000];
        for (int at = 0; at < plain.length; at++) {
            plain[at] = (byte) ((at * 31) >> 7);
        }
        Sealing.Sealed sealed = seal(plain, new Compression(level, workers));
        assertThat(sealed.storedBytes()).isLessThan(plain.length / 10);
        assertSame(open(OptionalLong.of(plain.length)), plain);
    }

    @Test
    void sameBytesTwice_areStoredDifferently() throws IOException {
        byte[] plain = noise(5, 100_000);
        String first = seal(plain, new Compression(3, 0)).sha256();
        byte[] before = stored();
        store.delete(KEY);
        assertThat(seal(plain, new Compression(3, 0)).sha256()).isNotEqualTo(first);
        byte[] after = stored();
        assertThat(Arrays.equals(before, 64, 1_000, after, 64, 1_000)).isFalse();
    }

    @Test
    void plainText_isNotInTheObject() throws IOException {
        byte[] plain = "not-for-everybody".getBytes(StandardCharsets.UTF_8);
        seal(plain, new Compression(3, 0));
        assertThat(HexFormat.of().formatHex(stored()))
                .doesNotContain(HexFormat.of().formatHex(plain));
        assertThat(HexFormat.of().formatHex(stored()))
                .doesNotContain(HexFormat.of().formatHex(key.secret()));
    }

    @Test
    void fewerOrMoreBytesThanExpected_areDamage() throws IOException {
        seal(noise(6, 1_000), new Compression(3, 0));
        assertKind(Kind.DAMAGED, () -> open(OptionalLong.of(999)));
        assertKind(Kind.DAMAGED, () -> open(OptionalLong.of(1_001)));
        assertThat(open(OptionalLong.of(1_000))).hasSize(1_000);
    }

    @Test
    void trouble_isThereAgainAtTheNextRead() throws IOException {
        seal(noise(7, 1_000), new Compression(3, 0));
        try (InputStream in = Opening.of(store.open(KEY), KEY, id -> DataKey.random(RANDOM), OptionalLong.empty())) {
            assertKind(Kind.DAMAGED, in::read);
            assertKind(Kind.DAMAGED, in::read);
            assertKind(Kind.DAMAGED, () -> in.read(new byte[10]));
        }
    }

    @Test
    void closedBeforeItsEnd_nothingIsThere() throws IOException {
        try (Sealing sealing = Sealing.begin(store, KEY, key, Compression.standard(), RANDOM)) {
            sealing.write(noise(8, 3_000_000));
        }
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void compressionOutOfRange_isRefused() {
        assertThatThrownBy(() -> new Compression(0, 0)).hasMessageContaining("level is 0, expected: 1 to 19");
        assertThatThrownBy(() -> new Compression(20, 0)).hasMessageContaining("level is 20");
        assertThatThrownBy(() -> new Compression(3, -1)).hasMessageContaining("workers are -1, expected: 0 to 64");
    }

    private Sealing.Sealed seal(byte[] plain, Compression compression) throws IOException {
        try (Sealing sealing = Sealing.begin(store, KEY, key, compression, RANDOM)) {
            sealing.write(plain);
            return sealing.finish();
        }
    }

    private byte[] open(OptionalLong expected) throws IOException {
        try (InputStream in = Opening.of(store.open(KEY), KEY, id -> key, expected)) {
            return in.readAllBytes();
        }
    }

    private byte[] stored() throws IOException {
        try (InputStream in = store.open(KEY)) {
            return in.readAllBytes();
        }
    }
}
