package io.bulwark.node.start;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node's process ends: by a signal, which stops the node in order and then ends with status 0, or by itself, when
 * Akka gave the member up, with status 1.
 */
final class Lifetime {
    private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final BooleanSupplier stop;

    Lifetime(BooleanSupplier stop) {
        this.stop = stop;
        Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "bulwark-stop"));
    }

    /** Waits until the member gave up; a signal never comes back here, because its hook ends the process. */
    int awaitEnd() throws InterruptedException {
        over.await();
        LOG.error("the member ended by itself");
        stopOnce();
        return 1;
    }

    /** A step of the start failed: what was started is stopped again. */
    void failedToStart() {
        stopOnce();
    }

    /** The actor system has ended; expected while stopping. */
    void endedByItself() {
        if (!stopping.get()) {
            over.countDown();
        }
    }

    private void onSignal() {
        if (stopping.get()) {
            return;
        }
        LOG.info("told to stop");
        boolean clean = stopOnce();
        LOG.info("stopped");
        // Without this the JVM would end with the signal's number although everything was stopped in order.
        Runtime.getRuntime().halt(clean ? 0 : 1);
    }

    private boolean stopOnce() {
        return !stopping.compareAndSet(false, true) || stop.getAsBoolean();
    }
}
