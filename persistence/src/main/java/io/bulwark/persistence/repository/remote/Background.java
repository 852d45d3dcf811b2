package io.bulwark.persistence.repository.remote;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A request on a virtual thread of its own. */
final class Background<T> {
    private final FutureTask<T> task;

    private Background(Callable<T> request) {
        task = new FutureTask<>(request);
    }

    static <T> Background<T> start(String name, Callable<T> request) {
        Background<T> background = new Background<>(request);
        Thread.ofVirtual().name(name).start(background.task);
        return background;
    }

    /**
     * Waits for the request.
     *
     * @param object for messages: the object and where it is
     */
    T result(String object) throws StoreTrouble {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw switch (failed.getCause()) {
                case StoreTrouble trouble -> trouble.again();
                case null -> new StoreTrouble(Kind.FAILED, object + ": the request failed", failed);
                case Throwable cause -> new StoreTrouble(Kind.FAILED, object + ": the request failed", cause);
            };
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StoreTrouble(Kind.FAILED, object + ": interrupted while waiting for the request", interrupted);
        }
    }

    /** Waits for the end of the request, whatever it is; requests have a bound, so an interrupt is kept for later. */
    void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                task.get();
                break;
            } catch (ExecutionException | CancellationException ended) {
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives the request up. */
    void cancel() {
        task.cancel(true);
    }
}
