package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertKind;
import static io.bulwark.persistence.repository.Rig.assertSame;
import static io.bulwark.persistence.repository.Rig.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalStoreTest {
    private static final String SEGMENT = "000000010000000000000002";
    private static final String OBJECT = "wal/00000001/" + SEGMENT;

    @TempDir
    Path directory;

    private Rig rig;
    private WalStore wal;

    @BeforeEach
    void open() throws StoreTrouble {
        rig = new Rig(directory);
        wal = rig.open().wal();
    }

    @Test
    void segment_comesBack_alsoInTheNextProcess() throws IOException {
        byte[] plain = noise(1, 1 << 20);
        wal.put(SEGMENT, new ByteArrayInputStream(plain));
        assertSame(get(wal, SEGMENT), plain);
        assertSame(get(rig.open().wal(), SEGMENT), plain);
        assertThat(rig.at.has(OBJECT)).isTrue();
    }

    @Test
    void sameContentAgain_isFine_anotherIsNot() throws IOException {
        byte[] plain = noise(1, 100_000);
        wal.put(SEGMENT, new ByteArrayInputStream(plain));
        byte[] stored = rig.at.read(OBJECT);
        wal.put(SEGMENT, new ByteArrayInputStream(plain));
        rig.open().wal().put(SEGMENT, new ByteArrayInputStream(plain));
        assertKind(Kind.EXISTS, () -> wal.put(SEGMENT, new ByteArrayInputStream(noise(2, 100_000))));
        assertKind(Kind.EXISTS, () -> wal.put(SEGMENT, new ByteArrayInputStream(noise(1, 99_999))));
        assertKind(Kind.EXISTS, () -> wal.put(SEGMENT, new ByteArrayInputStream(new byte[0])));
        assertThat(rig.at.read(OBJECT)).isEqualTo(stored);
    }

    @Test
    void sameContentPutByManyAtOnce_isFineForAll() throws Exception {
        byte[] plain = noise(3, 500_000);
        List<Future<Object>> puts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < 8; writer++) {
                WalStore own = rig.open().wal();
                puts.add(threads.submit(() -> {
                    own.put(SEGMENT, new ByteArrayInputStream(plain));
                    return own;
                }));
            }
        }
        for (Future<Object> put : puts) {
            put.get();
        }
        assertSame(get(wal, SEGMENT), plain);
    }

    /** Another writer is done while this one is in the middle of its stream. */
    @Test
    void nameTakenWhileWriting_isComparedWithWhatWasWritten() throws IOException {
        byte[] plain = noise(4, 300_000);
        WalStore other = rig.open().wal();
        wal.put(SEGMENT, during(plain, () -> other.put(SEGMENT, new ByteArrayInputStream(plain))));
        String next = "000000010000000000000003";
        assertKind(
                Kind.EXISTS,
                () -> wal.put(next, during(plain, () -> other.put(next, new ByteArrayInputStream(noise(5, 300_000))))));
    }

    private interface Work {
        void run() throws IOException;
    }

    private static InputStream during(byte[] plain, Work work) {
        InputStream atTheEnd = new InputStream() {
            @Override
            public int read() throws IOException {
                return read(new byte[1], 0, 1);
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                work.run();
                return -1;
            }
        };
        return new SequenceInputStream(new ByteArrayInputStream(plain), atTheEnd);
    }

    @Test
    void sourceThatBreaksOff_leavesNothing() throws IOException {
        InputStream broken = during(noise(6, 100_000), () -> {
            throw new IOException("the server went away");
        });
        assertThatThrownBy(() -> wal.put(SEGMENT, broken)).hasMessageContaining("the server went away");
        assertThat(wal.names()).isEmpty();
        assertThat(wal.get(SEGMENT)).isEmpty();
    }

    @Test
    void names_areByTimelineAndPosition() throws IOException {
        for (String name : List.of(
                "000000020000000000000003",
                "00000002.history",
                "0000000100000000000000FF",
                "000000010000000100000000",
                SEGMENT)) {
            wal.put(name, new ByteArrayInputStream(new byte[10]));
        }
        assertThat(wal.names())
                .containsExactly(
                        SEGMENT,
                        "0000000100000000000000FF",
                        "000000010000000100000000",
                        "00000002.history",
                        "000000020000000000000003");
        wal.delete(SEGMENT);
        wal.delete(SEGMENT);
        assertThat(wal.names()).hasSize(4).doesNotContain(SEGMENT);
        assertThat(rig.store().list("keys/"))
                .as("one data key for each timeline")
                .hasSize(2);
    }

    @Test
    void segmentUnderAnotherName_isDamage() throws IOException {
        wal.put(SEGMENT, new ByteArrayInputStream(noise(1, 100_000)));
        rig.at.write("wal/00000001/000000010000000000000003", rig.at.read(OBJECT));
        assertKind(Kind.DAMAGED, () -> get(wal, "000000010000000000000003"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "..",
                "00000001000000000000000g",
                "00000001000000000000000a",
                "0000000100000000000000020",
                "2.history",
                "00000002.history.tmp",
                "../00000001.history",
                "000000010000000000000002.partial"
            })
    void nameOfAnotherForm_isRefused(String name) {
        assertThatThrownBy(() -> wal.put(name, InputStream.nullInputStream()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> wal.get(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> wal.delete(name)).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] get(WalStore wal, String name) throws IOException {
        try (InputStream in = wal.get(name).orElseThrow()) {
            return in.readAllBytes();
        }
    }
}
