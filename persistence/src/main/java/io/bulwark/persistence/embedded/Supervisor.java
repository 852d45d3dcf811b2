package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one server running on one port, and stops it when asked. */
final class Supervisor {
    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

    private final Launcher launcher;
    private final ServerProcesses processes;
    private final ServerLog serverLog;
    private final int port;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread watcher =
            Thread.ofPlatform().daemon().name("bulwark-postgres").unstarted(this::watch);
    private volatile Process process;
    private long startedAt;

    private Supervisor(Launcher launcher, ServerProcesses processes, ServerLog serverLog, int port) throws IOException {
        this.launcher = launcher;
        this.processes = processes;
        this.serverLog = serverLog;
        this.port = port;
        this.process = launcher.launch(port);
        this.startedAt = System.nanoTime();
    }

    /** Starts the server and returns when it accepts connections. */
    static Supervisor start(Launcher launcher, ServerProcesses processes, ServerLog serverLog, int port)
            throws IOException, InterruptedException {
        long logSize = serverLog.size();
        Supervisor supervisor = new Supervisor(launcher, processes, serverLog, port);
        try {
            launcher.awaitReady(supervisor.process, port, logSize);
        } catch (EmbeddedPostgresException | IOException | InterruptedException failure) {
            supervisor.stopProcess();
            throw failure;
        }
        supervisor.watcher.start();
        return supervisor;
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** Stops the server and does not start it again. */
    void stop() throws IOException, InterruptedException {
        synchronized (this) {
            closing.countDown();
        }
        stopProcess();
        watcher.join(launcher.stopWithin());
        processes.clear();
    }

    private void stopProcess() throws IOException, InterruptedException {
        Process child = process;
        if (child.isAlive()) {
            ServerProcesses.stop(child.pid(), () -> !child.isAlive(), launcher.stopWithin());
        }
    }

    private void watch() {
        try {
            Backoff backoff = Backoff.NONE;
            do {
                int status = awaitEnd();
                backoff = backoff.after(Duration.ofNanos(System.nanoTime() - startedAt));
                reportEnd(status);
            } while (restart(backoff));
        } catch (InterruptedException interrupted) {
            log.warn("PostgreSQL is not watched any more: the watching thread was interrupted");
        }
    }

    private int awaitEnd() throws InterruptedException {
        while (!process.waitFor(1, TimeUnit.MINUTES)) {
            try {
                serverLog.keepSmall();
            } catch (IOException failure) {
                log.warn("The log {} cannot be begun anew: {}", serverLog.path(), failure.getMessage());
            }
        }
        return process.exitValue();
    }

    private void reportEnd(int status) {
        if (closing.getCount() > 0) {
            log.warn("PostgreSQL (process {}) ended with status {}: starting it again", process.pid(), status);
        }
    }

    /** True when the server is to be left stopped. */
    private boolean pause(Backoff backoff) throws InterruptedException {
        return closing.await(backoff.pause().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Tries until it is back; false when it is to be left stopped. */
    private boolean restart(Backoff first) throws InterruptedException {
        String lastFailure = "";
        for (Backoff backoff = first; !pause(backoff); backoff = backoff.after(Duration.ZERO)) {
            try {
                if (launchAgain()) {
                    log.info("PostgreSQL (process {}) accepts connections on port {} again", process.pid(), port);
                    return true;
                }
            } catch (IOException | RuntimeException failure) {
                lastFailure = reportOnce(lastFailure, failure);
            }
        }
        return false;
    }

    private static String reportOnce(String lastFailure, Exception failure) {
        String message = String.valueOf(failure.getMessage());
        if (!message.equals(lastFailure)) {
            log.error("PostgreSQL could not be started again, trying on: {}", message);
        }
        return message;
    }

    private boolean launchAgain() throws IOException, InterruptedException {
        processes.clear();
        long logSize = serverLog.size();
        synchronized (this) {
            if (closing.getCount() == 0) {
                return false;
            }
            process = launcher.launch(port);
            startedAt = System.nanoTime();
        }
        try {
            launcher.awaitReady(process, port, logSize);
        } catch (EmbeddedPostgresException | IOException failure) {
            stopProcess();
            throw failure;
        }
        return true;
    }
}
