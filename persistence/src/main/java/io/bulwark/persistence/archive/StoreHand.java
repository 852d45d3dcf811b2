package io.bulwark.persistence.archive;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.WalStore;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works with the store, however long that takes: trouble that can pass is waited out, and the server gets a sign of life
 * in the meantime.
 */
final class StoreHand implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StoreHand.class);
    /** Removals at once; what comes on top is left, and removed at the next start. */
    private static final int SWEEPS_MAX = 4;

    private final WalStore archive;
    private final Fence fence;
    private final StatusBoard board;
    private final Closing closing;
    private final Duration beatEvery;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore sweeps = new Semaphore(SWEEPS_MAX);

    StoreHand(WalStore archive, Fence fence, StatusBoard board, Closing closing, Duration beatEvery) {
        this.archive = archive;
        this.fence = fence;
        this.board = board;
        this.closing = closing;
        this.beatEvery = beatEvery;
    }

    /** What is done with the archive; done again from its beginning after trouble. */
    interface Work<T> {
        T with(WalStore archive) throws IOException;
    }

    /** A sign of life for the server. */
    interface Heart {
        /** Of no connection. */
        Heart NONE = () -> {};

        void beat() throws SQLException;
    }

    /** Returns when the work is done. */
    <T> T untilDone(Heart heart, Work<T> work) throws ArchiverEnd.Ending, InterruptedException {
        ArchiverStatus.State before = board.state();
        for (Pause pause = Pause.FIRST; ; pause = pause.next()) {
            fence.check();
            try {
                T result = attempt(heart, work);
                board.storeIsBack(before);
                return result;
            } catch (IOException trouble) {
                judge(trouble);
                waitOut(heart, pause.length());
            }
        }
    }

    private void judge(IOException trouble) throws ArchiverEnd.Ending {
        String message = String.valueOf(trouble.getMessage());
        StoreTrouble.Kind kind = trouble instanceof StoreTrouble known ? known.kind() : StoreTrouble.Kind.FAILED;
        switch (StoreVerdict.of(kind)) {
            case StoreVerdict.Stop(ArchiverEnd.Reason reason) -> throw new ArchiverEnd.Ending(reason, message);
            case StoreVerdict.Retry() -> {
                log.warn("The archive cannot be used now ({}), trying again: {}", kind, message);
                board.waitingForStore(kind + ": " + message);
            }
        }
    }

    /** On a thread of its own, so that this one can give signs of life. */
    private <T> T attempt(Heart heart, Work<T> work) throws IOException, InterruptedException {
        Future<T> running = workers.submit(() -> work.with(archive));
        while (true) {
            try {
                return running.get(beatEvery.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                beat(heart);
            } catch (ExecutionException failure) {
                throw unwrapped(failure);
            }
        }
    }

    private static IOException unwrapped(ExecutionException failure) {
        return switch (failure.getCause()) {
            case IOException trouble -> trouble;
            case RuntimeException fault -> throw fault;
            case Error fault -> throw fault;
            case null, default -> new IOException(failure);
        };
    }

    private void waitOut(Heart heart, Duration length) throws ArchiverEnd.Ending, InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
            if (closing.await(
                    Duration.ofNanos(Math.min(left, beatEvery.toNanos())).plusMillis(1))) {
                throw new ArchiverEnd.Ending(ArchiverEnd.Reason.CLOSED, "The archiver was closed");
            }
            beat(heart);
        }
    }

    /** A connection that is lost meanwhile is noticed when it is used next. */
    private static void beat(Heart heart) {
        try {
            heart.beat();
        } catch (SQLException lost) {
            log.debug("The server was lost while the store was waited for", lost);
        }
    }

    /** Removes pieces that are no longer needed, later and as far as the store lets it. */
    void sweep(List<WalPiece> pieces) {
        if (!pieces.isEmpty() && sweeps.tryAcquire()) {
            workers.execute(() -> {
                try {
                    for (WalPiece piece : pieces) {
                        archive.delete(piece.name());
                    }
                } catch (IOException kept) {
                    log.info(
                            "Pieces of {} are left in the archive: {}",
                            pieces.getFirst().segment(),
                            kept.getMessage());
                } finally {
                    sweeps.release();
                }
            });
        }
    }

    /** Does not wait for what is under way: it is write-once, and harmless. */
    @Override
    public void close() {
        workers.shutdown();
    }
}
