package io.bulwark.persistence.repository.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RangeReaderTest {
    @Test
    void randomReads_giveTheWholeObject() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] object = new byte[random.nextInt(300)];
            random.nextBytes(object);
            int rangeBytes = 1 + random.nextInt(100);
            byte[] found = new byte[object.length + 50];
            int at = 0;
            try (InputStream reader = RangeReader.open(new Memory(object), rangeBytes)) {
                int now = 0;
                while (now >= 0) {
                    at += now;
                    now = reader.read(found, at, 1 + random.nextInt(40));
                }
                assertThat(reader.read()).isEqualTo(-1);
            }
            assertThat(Arrays.copyOf(found, at)).as("seed " + seed).isEqualTo(object);
        }
    }

    @Test
    void rangeThatEndsEarly_isAnErrorAndNotAnEnd() throws IOException {
        Memory object = new Memory(new byte[100]);
        object.shortFrom = 40;
        try (InputStream reader = RangeReader.open(object, 20)) {
            assertThat(reader.readNBytes(40)).hasSize(40);
            for (int again = 0; again < 2; again++) {
                assertThatThrownBy(reader::read)
                        .hasMessage("the object: the answer ended after 19 bytes from 40 on, and 20 were expected")
                        .isInstanceOfSatisfying(
                                StoreTrouble.class,
                                trouble -> assertThat(trouble.kind()).isEqualTo(Kind.UNREACHABLE));
            }
        }
    }

    @Test
    void firstRangeThatEndsEarly_isAnErrorWhenTheObjectIsOpened() {
        Memory object = new Memory(new byte[100]);
        object.shortFrom = 0;
        assertThatThrownBy(() -> RangeReader.open(object, 20)).hasMessageContaining("ended after 19 bytes");
    }

    @Test
    void objectThatChangesItsLength_isDamaged() throws IOException {
        Memory object = new Memory(new byte[100]);
        object.longerFrom = 40;
        try (InputStream reader = RangeReader.open(object, 20)) {
            assertThat(reader.readNBytes(40)).hasSize(40);
            assertThatThrownBy(reader::read)
                    .isInstanceOfSatisfying(
                            StoreTrouble.class,
                            trouble -> assertThat(trouble.kind()).isEqualTo(Kind.DAMAGED));
        }
    }

    @Test
    void reader_isAtMostOneRangeAhead() throws IOException {
        Memory object = new Memory(new byte[100]);
        try (InputStream reader = RangeReader.open(object, 10)) {
            assertThat(reader.readNBytes(35)).hasSize(35);
            assertThat(object.reads.get()).isBetween(4, 5);
        }
    }

    @Test
    void closedReader_isRefused() throws IOException {
        InputStream reader = RangeReader.open(new Memory(new byte[10]), 5);
        reader.close();
        assertThatThrownBy(reader::read).hasMessageContaining("closed");
    }

    private static final class Memory implements RangeSource {
        final byte[] object;
        final AtomicInteger reads = new AtomicInteger();
        long shortFrom = Long.MAX_VALUE;
        long longerFrom = Long.MAX_VALUE;

        Memory(byte[] object) {
            this.object = object;
        }

        @Override
        public Range read(long offset, int length) {
            reads.incrementAndGet();
            int from = (int) offset;
            int to = Math.min(object.length, from + length) - (offset >= shortFrom ? 1 : 0);
            return new Range(Arrays.copyOfRange(object, from, to), object.length + (offset >= longerFrom ? 1 : 0));
        }

        @Override
        public String describe() {
            return "the object";
        }
    }
}
