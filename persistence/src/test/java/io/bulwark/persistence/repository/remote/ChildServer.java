package io.bulwark.persistence.repository.remote;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, which says on which port it listens and is ended with this JVM at the latest. */
public final class ChildServer {
    private static final int START_SECONDS_MAX = 60;

    private final Process process;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final Queue<String> said = new ConcurrentLinkedQueue<>();

    private ChildServer(Process process) {
        this.process = process;
    }

    /**
     * Starts it and waits until it listens.
     *
     * @param listening matches what it says then; the first group is the port
     */
    public static ChildServer start(List<String> command, Map<String, String> environment, Pattern listening)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        ChildServer server = new ChildServer(builder.start());
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "stop-child-server"));
        Thread.ofPlatform().daemon().name("child-server-output").start(() -> server.listen(listening));
        try {
            server.port.get(START_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            server.stop();
            throw new IOException(
                    "The server did not start: " + command + "\n" + String.join("\n", server.said), failed);
        } catch (InterruptedException interrupted) {
            server.stop();
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
        return server;
    }

    /** Where the program of a server is: in this module's target, also for tests of other modules. */
    public static Path folder(String name) throws IOException {
        try {
            Path classes = Path.of(ChildServer.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Files.createDirectories(classes.resolveSibling(name));
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    public int port() {
        return port.join();
    }

    /** By its process id. */
    public void stop() {
        process.destroyForcibly();
    }

    /** Reads all that it says, because it would stop when nobody did. */
    private void listen(Pattern listening) {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (!port.isDone()) {
                    said.add(line);
                    Matcher matcher = listening.matcher(line);
                    if (matcher.find()) {
                        port.complete(Integer.parseInt(matcher.group(1)));
                    }
                }
            }
            port.completeExceptionally(new IOException("it ended"));
        } catch (IOException | UncheckedIOException closed) {
            port.completeExceptionally(closed);
        }
    }
}
