package io.bulwark.persistence.repository.remote;

import io.bulwark.persistence.repository.ObjectWriter;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends an object part by part, one part under way while the next one is filled; an object of one part at most is sent at
 * once. Not thread-safe.
 */
public final class PartWriter extends ObjectWriter {
    private static final int FIRST_BUFFER_BYTES = 64 << 10;
    private static final byte[] NOTHING = {};

    private final Upload upload;
    private final PartPlan plan;
    private byte[] filling = NOTHING;
    private byte[] spare = NOTHING;
    private int filled;
    private int parts;
    private @Nullable Background<Integer> sending;
    private @Nullable StoreTrouble broken;
    private boolean over;

    public PartWriter(Upload upload, PartPlan plan) {
        this.upload = upload;
        this.plan = plan;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, bytes.length);
        checkUsable();
        int at = from;
        int left = length;
        while (left > 0) {
            int room = plan.bytes(parts + 1) - filled;
            if (room == 0) {
                send();
            } else {
                int now = Math.min(room, left);
                reserve(filled + now);
                System.arraycopy(bytes, at, filling, filled, now);
                filled += now;
                at += now;
                left -= now;
            }
        }
    }

    @Override
    public void commit() throws StoreTrouble {
        checkUsable();
        try {
            if (parts == 0) {
                upload.whole(filling, filled);
            } else {
                send();
                await();
                upload.complete();
            }
        } catch (StoreTrouble trouble) {
            broken = trouble;
            throw trouble;
        }
        end();
    }

    /**
     * Without a commit before, gives up what was sent, after the part that is under way has ended: a part that arrives
     * later would stay.
     */
    @Override
    public void close() throws StoreTrouble {
        if (over) {
            return;
        }
        end();
        if (sending != null) {
            sending.awaitEnd();
            sending = null;
        }
        if (parts > 0) {
            upload.abort();
        }
    }

    private void end() {
        over = true;
        filling = NOTHING;
        spare = NOTHING;
    }

    private void checkUsable() throws StoreTrouble {
        if (broken != null) {
            throw broken.again();
        }
        if (over) {
            throw new StoreTrouble(Kind.FAILED, upload.describe() + " was committed or discarded: nothing can follow");
        }
    }

    /** Larger step by step, so that a small object does not cost a whole part. */
    private void reserve(int bytes) {
        if (filling.length < bytes) {
            long doubled = Math.max(FIRST_BUFFER_BYTES, 2L * filling.length);
            long wanted = Math.max(bytes, Math.min(doubled, plan.bytes(parts + 1)));
            filling = Arrays.copyOf(filling, Math.toIntExact(wanted));
        }
    }

    private void send() throws StoreTrouble {
        try {
            if (parts == plan.partsMax()) {
                throw new StoreTrouble(
                        Kind.FAILED,
                        upload.describe() + " is longer than " + plan.objectBytesMax()
                                + " bytes, the most that fit into " + parts + " parts: choose larger parts");
            }
            await();
            int number = ++parts;
            byte[] full = filling;
            int length = filled;
            filling = spare;
            spare = full;
            filled = 0;
            sending = Background.start("bulwark-upload", () -> {
                upload.part(number, full, length);
                return number;
            });
        } catch (StoreTrouble trouble) {
            broken = trouble;
            throw trouble;
        }
    }

    private void await() throws StoreTrouble {
        Background<Integer> before = sending;
        sending = null;
        if (before != null) {
            before.result(upload.describe());
        }
    }
}
