package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReadAheadTest {
    private static final int PIECE = 256 * 1024;

    private final AtomicBoolean closed = new AtomicBoolean();

    private final class Content extends FilterInputStream {
        private long left;

        Content(byte[] bytes, long failsAfter) {
            super(new ByteArrayInputStream(bytes));
            left = failsAfter;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left <= 0) {
                throw new IOException("the disk is gone");
            }
            int read = super.read(into, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new SplittableRandom(count).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest(name = "{0} bytes")
    @ValueSource(ints = {0, 1, PIECE - 1, PIECE, PIECE + 1, 8 * PIECE, 20 * PIECE + 7})
    void content_comesAsItIs_andIsClosed(int count) throws IOException {
        byte[] bytes = bytes(count);
        try (InputStream ahead = ReadAhead.of(new Content(bytes, Long.MAX_VALUE))) {
            assertThat(ahead.readAllBytes()).isEqualTo(bytes);
            assertThat(ahead.read()).isEqualTo(-1);
        }
        assertThat(closed).isTrue();
    }

    @Test
    void failure_comesBehindWhatWasReadBefore_andAgainAtEachFurtherRead() throws IOException {
        byte[] bytes = bytes(5 * PIECE);
        try (InputStream ahead = ReadAhead.of(new Content(bytes, 3L * PIECE))) {
            assertThat(ahead.readNBytes(3 * PIECE)).hasSize(3 * PIECE);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(ahead::read).hasMessage("the disk is gone");
            }
        }
        assertThat(closed).isTrue();
    }

    @Test
    void readerThatStopsEarly_endsTheThreadBehindIt() throws IOException {
        try (InputStream ahead = ReadAhead.of(new Content(bytes(40 * PIECE), Long.MAX_VALUE))) {
            assertThat(ahead.read()).isNotNegative();
        }
        assertThat(closed).isTrue();
    }

    @Test
    void interruptedReader_isTold() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        InputStream silent = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                try {
                    never.await();
                    return -1;
                } catch (InterruptedException closing) {
                    throw new InterruptedIOException();
                }
            }
        };
        try (InputStream ahead = ReadAhead.of(silent)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(ahead::read).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
