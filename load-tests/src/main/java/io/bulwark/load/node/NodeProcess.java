package io.bulwark.load.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** One life of a node: from its start to its exit, by order or by force. */
public final class NodeProcess {
    private static final Pattern SERVING =
            Pattern.compile("Bulwark is serving on (http://[^ ]+) \\(management (http://[^ ,)]+)");

    private final Process process;
    private final ProcessOutput output;
    private final CompletableFuture<MatchResult> serving;

    private NodeProcess(Process process, ProcessOutput output) {
        this.process = process;
        this.output = output;
        this.serving = output.line(SERVING);
    }

    /** Starts a process and returns at once. */
    static NodeProcess launch(Distribution distribution, Launch launch, Path log) {
        ProcessBuilder builder =
                distribution.command(launch.prefix(), launch.arguments()).redirectErrorStream(true);
        builder.environment().putAll(launch.environment());
        ProcessOutput output = new ProcessOutput(log);
        try {
            Process process = builder.start();
            output.follow(process.getInputStream());
            return new NodeProcess(process, output);
        } catch (IOException e) {
            throw new UncheckedIOException("The node could not be started from " + distribution.home(), e);
        }
    }

    /** Where it serves; waits for the line that says so. */
    public URI address(Duration within) {
        return URI.create(await(serving, within, "serve").group(1));
    }

    /** Where its Management listens. */
    public URI management(Duration within) {
        return URI.create(await(serving, within, "serve").group(2));
    }

    /** The first line, past or to come, in which the pattern is found. */
    public MatchResult line(Pattern pattern, Duration within) {
        return await(output.line(pattern), within, "print a line like '" + pattern + "'");
    }

    /** What it has printed on both its streams, oldest first. */
    public List<String> lines() {
        return output.lines();
    }

    /** Ends it as {@code kill -9} would, and returns when it is gone. */
    public void kill() {
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    /** Sends SIGTERM and returns at once. Through the handle, because the process itself would close its output too. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Stops it where it stands (SIGSTOP), as a machine does that is paused. */
    public void pause() {
        Programs.signal("STOP", pid());
    }

    /** Lets it go on (SIGCONT). */
    public void resume() {
        Programs.signal("CONT", pid());
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its exit status; waits for it. */
    public int exitStatus(Duration within) {
        return await(process.onExit(), within, "exit").exitValue();
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    private <T> T await(Future<T> future, Duration within, String what) {
        try {
            return future.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("The node did not " + what + " within " + within + ". " + output.tail(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("The node did not " + what + ". " + output.tail(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the node to " + what, e);
        }
    }
}
