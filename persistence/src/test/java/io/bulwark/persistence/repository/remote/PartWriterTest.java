package io.bulwark.persistence.repository.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.ObjectWriter;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PartWriterTest {
    private final Recorder upload = new Recorder();

    @Test
    void randomWrites_arriveAsTheyWereWritten_inPartsOfThePlan() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Recorder recorder = new Recorder();
            byte[] bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            PartPlan plan = new PartPlan(1 + random.nextInt(20), 1 + random.nextInt(5), 1_000);
            try (ObjectWriter writer = new PartWriter(recorder, plan)) {
                int at = 0;
                while (at < bytes.length) {
                    int now = Math.min(bytes.length - at, 1 + random.nextInt(60));
                    writer.write(bytes, at, now);
                    at += now;
                }
                writer.commit();
            }
            assertThat(recorder.content.toByteArray()).as("seed " + seed).isEqualTo(bytes);
            boolean one = bytes.length <= plan.firstBytes();
            assertThat(recorder.calls.getLast())
                    .as("seed " + seed)
                    .isEqualTo(one ? "whole " + bytes.length : "complete");
            for (int part = 1; !one && part < recorder.calls.size() - 1; part++) {
                assertThat(recorder.calls.get(part - 1)).isEqualTo("part " + part + " " + plan.bytes(part));
            }
            assertThat(recorder.atOnceMax.get()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void emptyObject_isSentAtOnce() throws IOException {
        try (ObjectWriter writer = new PartWriter(upload, new PartPlan(4, 10, 10))) {
            writer.commit();
        }
        assertThat(upload.calls).containsExactly("whole 0");
    }

    @Test
    void discard_waitsForThePartUnderWay() throws Exception {
        upload.gate = new CountDownLatch(1);
        ObjectWriter writer = new PartWriter(upload, new PartPlan(4, 10, 10));
        writer.write(new byte[5]);
        Thread closing = Thread.ofVirtual().start(() -> closeQuietly(writer));
        assertThat(upload.started.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(upload.calls).isEmpty();
        upload.gate.countDown();
        assertThat(closing.join(Duration.ofSeconds(10))).isTrue();
        assertThat(upload.calls).containsExactly("part 1 4", "abort");
    }

    @Test
    void discard_beforeAnyPart_asksNothing() throws IOException {
        try (ObjectWriter writer = new PartWriter(upload, new PartPlan(4, 10, 10))) {
            writer.write(new byte[4]);
        }
        assertThat(upload.calls).isEmpty();
    }

    @Test
    void failedPart_endsTheWriter_andIsAborted() {
        upload.failing = "part 2";
        assertThatThrownBy(() -> {
                    try (ObjectWriter writer = new PartWriter(upload, new PartPlan(4, 10, 10))) {
                        writer.write(new byte[9]);
                        assertThatThrownBy(writer::commit).hasMessage("part 2");
                        assertThatThrownBy(() -> writer.write(1)).hasMessage("part 2");
                        writer.commit();
                    }
                })
                .isInstanceOfSatisfying(
                        StoreTrouble.class,
                        trouble -> assertThat(trouble.kind()).isEqualTo(Kind.DENIED));
        assertThat(upload.calls).containsExactly("part 1 4", "abort");
    }

    @Test
    void failedCommit_isAborted() {
        upload.failing = "complete";
        assertThatThrownBy(() -> {
                    try (ObjectWriter writer = new PartWriter(upload, new PartPlan(4, 10, 10))) {
                        writer.write(new byte[5]);
                        writer.commit();
                    }
                })
                .hasMessage("complete");
        assertThat(upload.calls).containsExactly("part 1 4", "part 2 1", "abort");
    }

    @Test
    void objectThatIsTooLong_isRefusedWithWhatToDo() throws IOException {
        try (ObjectWriter writer = new PartWriter(upload, new PartPlan(4, 10, 2))) {
            writer.write(new byte[8]);
            assertThatThrownBy(() -> writer.write(new byte[5]))
                    .hasMessage(
                            "the object is longer than 8 bytes, the most that fit into 2 parts: choose larger parts");
        }
        assertThat(upload.calls).containsExactly("part 1 4", "part 2 4", "abort");
    }

    @Test
    void writeAfterTheCommit_isRefused() throws IOException {
        ObjectWriter writer = new PartWriter(upload, new PartPlan(4, 10, 10));
        writer.commit();
        assertThatThrownBy(() -> writer.write(1)).hasMessageContaining("committed or discarded");
        assertThatThrownBy(writer::commit).hasMessageContaining("committed or discarded");
        writer.close();
        assertThat(upload.calls).containsExactly("whole 0");
    }

    private static void closeQuietly(ObjectWriter writer) {
        try {
            writer.close();
        } catch (IOException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static final class Recorder implements Upload {
        final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger atOnceMax = new AtomicInteger();
        final CountDownLatch started = new CountDownLatch(1);
        volatile CountDownLatch gate = new CountDownLatch(0);
        volatile String failing = "";

        @Override
        public void whole(byte[] bytes, int length) throws StoreTrouble {
            call("whole", "whole " + length);
            content.writeBytes(Arrays.copyOf(bytes, length));
        }

        @Override
        public void part(int number, byte[] bytes, int length) throws StoreTrouble {
            atOnceMax.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            started.countDown();
            try {
                gate.await();
            } catch (InterruptedException interrupted) {
                throw new StoreTrouble(Kind.FAILED, "interrupted", interrupted);
            }
            call("part " + number, "part " + number + " " + length);
            content.writeBytes(Arrays.copyOf(bytes, length));
            atOnce.decrementAndGet();
        }

        @Override
        public void complete() throws StoreTrouble {
            call("complete", "complete");
        }

        @Override
        public void abort() throws StoreTrouble {
            call("abort", "abort");
        }

        @Override
        public String describe() {
            return "the object";
        }

        private void call(String name, String line) throws StoreTrouble {
            if (name.equals(failing)) {
                throw new StoreTrouble(Kind.DENIED, name);
            }
            calls.add(line);
        }
    }
}
