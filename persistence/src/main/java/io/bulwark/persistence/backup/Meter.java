package io.bulwark.persistence.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts bytes and tells about every 4 MiB of them. Any number of threads may count. */
final class Meter {
    private static final long STEP_BYTES = 4L << 20;

    private final Progress progress;
    private long total;
    private long done;
    private long told;

    Meter(Progress progress, long total) {
        this.progress = progress;
        this.total = total;
    }

    synchronized void expect(long bytes) {
        total = bytes;
    }

    synchronized void add(long bytes) {
        done += bytes;
        if (done - told >= STEP_BYTES) {
            tell();
        }
    }

    synchronized void tell() {
        told = done;
        progress.moved(done, total);
    }

    /** Counts what is read. */
    InputStream counting(InputStream content) {
        return new Counting(content);
    }

    private final class Counting extends FilterInputStream {
        Counting(InputStream content) {
            super(content);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            add(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            add(Math.max(0, read));
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = super.skip(bytes);
            add(skipped);
            return skipped;
        }
    }
}
