package io.bulwark.load.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server that is no node, as a child of this process; {@link #close} ends it and what it started in turn. */
public final class ChildProcess implements AutoCloseable {
    /** The longest wait for a start; generous, because machines are slow and shared. */
    public static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int LOOK_MILLIS = 1_000;

    private final String name;
    private final Process process;
    private final ProcessOutput output;
    private final Thread lastResort;

    private ChildProcess(String name, Process process, ProcessOutput output) {
        this.name = name;
        this.process = process;
        this.output = output;
        this.lastResort = new Thread(this::end, "end " + name);
    }

    /**
     * Starts a program and returns at once.
     *
     * @param name for messages
     * @param log where its output is kept
     */
    public static ChildProcess start(String name, List<String> words, Path log) {
        ProcessOutput output = new ProcessOutput(log);
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            output.follow(process.getInputStream());
            ChildProcess child = new ChildProcess(name, process, output);
            Runtime.getRuntime().addShutdownHook(child.lastResort);
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " could not be started with " + words, e);
        }
    }

    /** The first line, past or to come, in which the pattern is found. */
    public MatchResult line(Pattern pattern) {
        try {
            return output.line(pattern).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException(
                    name + " printed no line like '" + pattern + "' within " + PATIENCE + ". " + output.tail(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for " + name, e);
        }
    }

    /** Waits until somebody listens there; the process is expected to. */
    public ChildProcess listeningOn(int port) {
        Wait.until(name + " listens on " + port, PATIENCE, () -> !process.isAlive() || accepts(port), output::tail);
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " ended with " + process.exitValue() + ". " + output.tail());
        }
        return this;
    }

    /** Ends it as {@code kill -9} would, with what it started, and returns when it is gone. */
    public void kill() {
        Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList()
                .forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(lastResort);
        end();
    }

    private void end() {
        List<ProcessHandle> started = process.descendants().toList();
        process.toHandle().destroy();
        process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
        started.forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LOOK_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return name + " (process " + process.pid() + ")";
    }
}
