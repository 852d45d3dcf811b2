package io.bulwark.persistence.backup;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Forces written files to disk while others are still written, many at once, and closes them. At most
 * {@value #OPEN_MAX} files wait; whoever brings another one waits with it. Any number of threads may bring files.
 */
final class Settling implements AutoCloseable {
    /** More than there are processors: most files are small, and the disk takes many of them with one flush. */
    private static final int FLUSHES = 16;

    private static final int OPEN_MAX = 256;

    private final ExecutorService flushes = Executors.newFixedThreadPool(
            FLUSHES, Thread.ofPlatform().name("bulwark-settling-", 0).daemon().factory());
    private final Semaphore room = new Semaphore(OPEN_MAX, true);
    private final AtomicReference<Optional<IOException>> failure = new AtomicReference<>(Optional.empty());

    /** What is done with a file that is on disk. */
    interface Settled {
        void run() throws IOException;
    }

    /**
     * Takes over a file that is complete.
     *
     * @param then told when the file is on disk and closed, by a thread of these
     * @throws IOException also what went wrong with a file that was brought before
     */
    void settle(FileChannel file, Settled then) throws IOException {
        try {
            enter();
        } catch (IOException e) {
            file.close();
            throw e;
        }
        flushes.execute(() -> {
            try (file) {
                file.force(true);
                file.close();
                then.run();
            } catch (IOException | RuntimeException e) {
                fail(e);
            } finally {
                room.release();
            }
        });
    }

    /** Has the disk begin with what was written so far of a file that goes on. */
    void begin(FileChannel file) throws IOException {
        enter();
        flushes.execute(() -> {
            try {
                file.force(false);
            } catch (ClosedChannelException settledMeanwhile) {
                // it was forced before it was closed
            } catch (IOException | RuntimeException e) {
                fail(e);
            } finally {
                room.release();
            }
        });
    }

    /** Returns when all that was brought before is on disk. */
    void await() throws IOException {
        acquire(OPEN_MAX);
        room.release(OPEN_MAX);
        throwFailure();
    }

    private void enter() throws IOException {
        throwFailure();
        acquire(1);
    }

    private void acquire(int files) throws InterruptedIOException {
        try {
            room.acquire(files);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Waiting for the disk was interrupted");
        }
    }

    private void fail(Exception e) {
        failure.compareAndSet(Optional.empty(), Optional.of(e instanceof IOException io ? io : new IOException(e)));
    }

    private void throwFailure() throws IOException {
        Optional<IOException> first = failure.get();
        if (first.isPresent()) {
            throw new IOException(String.valueOf(first.get().getMessage()), first.get());
        }
    }

    /** Returns when no file is touched any more; what was not forced yet is not told. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        flushes.shutdown();
        flushes.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
