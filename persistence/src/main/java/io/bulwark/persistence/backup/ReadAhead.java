package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.StoreTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream on a thread of its own, up to {@value #PIECES} pieces of {@value #PIECE_BYTES} bytes ahead of whoever
 * reads here, so that decrypting and decompressing go on while files are written. For one reader.
 */
final class ReadAhead extends InputStream {
    private static final int PIECE_BYTES = 256 * 1024;
    private static final int PIECES = 8;

    private final InputStream content;
    private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<Piece> filled = new ArrayBlockingQueue<>(PIECES + 1);
    private final Thread reader;
    private Piece current = new Piece(new byte[0], 0, false, null);
    private int at;

    private static final class Piece {
        private final byte[] bytes;
        private final int length;
        private final boolean last;
        /** Why there are no more; absent while there are, and at a true end. */
        private final @Nullable IOException failure;

        Piece(byte[] bytes, int length, boolean last, @Nullable IOException failure) {
            this.bytes = bytes;
            this.length = length;
            this.last = last;
            this.failure = failure;
        }
    }

    private ReadAhead(InputStream content) {
        this.content = content;
        for (int i = 0; i < PIECES; i++) {
            empty.add(new byte[PIECE_BYTES]);
        }
        // Not a virtual one: decompressing would keep its carrier busy.
        reader = Thread.ofPlatform().name("bulwark-read-ahead").daemon().unstarted(this::readOn);
    }

    /** @param content is read and closed by that thread from now on */
    static ReadAhead of(InputStream content) {
        ReadAhead ahead = new ReadAhead(content);
        ahead.reader.start();
        return ahead;
    }

    private void readOn() {
        try (content) {
            boolean last = false;
            while (!last) {
                byte[] bytes = empty.take();
                int length = content.readNBytes(bytes, 0, bytes.length);
                last = length < bytes.length;
                filled.put(new Piece(bytes, length, last, null));
            }
        } catch (IOException failure) {
            end(failure);
        } catch (InterruptedException closed) {
            end(new InterruptedIOException("Reading ahead was interrupted"));
        } catch (RuntimeException | Error unexpected) {
            end(new IOException("Reading ahead failed: " + unexpected, unexpected));
        }
    }

    /** There is always room for it beside the pieces. */
    private void end(IOException failure) {
        if (!filled.offer(new Piece(new byte[0], 0, true, failure))) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public int read() throws IOException {
        return ready() ? current.bytes[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int count = Math.min(length, current.length - at);
        System.arraycopy(current.bytes, at, into, offset, count);
        at += count;
        return count;
    }

    /** Whether there is a byte to hand out; false at the end only. */
    private boolean ready() throws IOException {
        while (at == current.length && !current.last) {
            next();
        }
        IOException failure = current.failure;
        if (failure != null) {
            throw failure instanceof StoreTrouble trouble ? trouble.again() : failure;
        }
        return at < current.length;
    }

    private void next() throws IOException {
        if (current.bytes.length == PIECE_BYTES) {
            empty.add(current.bytes);
        }
        try {
            current = filled.take();
            at = 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            current = new Piece(new byte[0], 0, true, new InterruptedIOException("Reading was interrupted"));
            at = 0;
        }
    }

    /** Returns when the stream behind it is closed. */
    @Override
    public void close() {
        reader.interrupt();
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
