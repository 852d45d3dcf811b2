package io.bulwark.load.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A node with a data directory of its own, for tests and load runs that start, kill and restart it. Ports are free
 * ones and change with each start. {@link #close} ends every process that was started here, also the embedded server
 * of a killed node.
 */
public final class BulwarkNode implements AutoCloseable {
    /** The longest wait for a start or an orderly stop; generous, because machines are slow and shared. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Pattern ADMIN_TOKEN = Pattern.compile("Admin token \\(shown once\\): (\\S+)");

    private final Distribution distribution;
    private final Path home;
    private final Launch launch;
    private final EmbeddedServer server;
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private final Thread lastResort = new Thread(this::endEverything, "end what " + this + " started");
    private volatile NodeProcess current;
    private int starts;

    private BulwarkNode(Distribution distribution, Path home, Launch launch, String... options) {
        this.distribution = distribution;
        this.home = home;
        this.launch = launch;
        this.server = new EmbeddedServer(dataDirectory());
        this.current = launch(List.of(options));
    }

    /**
     * Starts a node on an empty data directory and waits until it serves.
     *
     * @param name of the folder under {@code bulwark.scratch} for data and output; what stood there is deleted
     * @param options of the subcommand {@code node}
     */
    public static BulwarkNode start(String name, String... options) {
        return start(Distribution.packaged(), name, options);
    }

    static BulwarkNode start(Distribution distribution, String name, String... options) {
        return launch(distribution, name, Launch.onFreePorts().with(List.of(options)))
                .orEnded();
    }

    /**
     * Launches a node on an empty data directory and returns at once; {@link #address()} waits.
     *
     * @param launch what holds for every start
     * @param options of the subcommand {@code node}, for this start only
     */
    public static BulwarkNode launch(String name, Launch launch, String... options) {
        return launch(Distribution.packaged(), name, launch, options);
    }

    private static BulwarkNode launch(Distribution distribution, String name, Launch launch, String... options) {
        Path home = Scratch.empty(name);
        BulwarkNode node = new BulwarkNode(distribution, home, launch, options);
        Runtime.getRuntime().addShutdownHook(node.lastResort);
        return node;
    }

    private BulwarkNode orEnded() {
        try {
            address();
            return this;
        } catch (IllegalStateException e) {
            close();
            throw e;
        }
    }

    /** Where the node serves now; waits for it to say so. */
    public URI address() {
        return current.address(PATIENCE);
    }

    /** The life that runs now, or ran last. */
    public NodeProcess process() {
        return current;
    }

    /** Its embedded server. */
    public EmbeddedServer server() {
        return server;
    }

    /** Where its data is. */
    public Path dataDirectory() {
        return home.resolve("data");
    }

    /** Kills the node as {@code kill -9} would, and leaves its embedded server alone. */
    public void kill() {
        current.kill();
    }

    /**
     * Starts the next life on the same data. Returns at once; {@link #address()} waits.
     *
     * @param options of the subcommand {@code node}, for this start only
     */
    public void restart(String... options) {
        if (current.isAlive()) {
            throw new IllegalStateException("The node still runs as process " + current.pid() + ": end it first");
        }
        current = launch(List.of(options));
    }

    /** The token that the first start printed. */
    public String adminToken() {
        return tokens.computeIfAbsent(
                "", none -> current.line(ADMIN_TOKEN, PATIENCE).group(1));
    }

    /** A token minted on the command line, remembered for the next who asks for the same. */
    public String token(String tenant, String roles) {
        return tokens.computeIfAbsent(tenant + " " + roles, none -> run("token", "--tenant", tenant, "--roles", roles));
    }

    /** Runs another subcommand on the same data directory and returns what it printed, without line ends around it. */
    public String run(String... words) {
        ProcessBuilder builder = distribution.command(List.of(words)).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(inItsDirectory().environment());
        try {
            Process process = builder.start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException("`bulwark " + String.join(" ", words) + "` ended with " + status);
            }
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while bulwark ran", e);
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(lastResort);
        current.terminate();
        endEverything();
    }

    private NodeProcess launch(List<String> options) {
        starts++;
        try {
            Files.createDirectories(dataDirectory());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return NodeProcess.launch(
                distribution, inItsDirectory().with(options), home.resolve("output-of-start-" + starts + ".log"));
    }

    private Launch inItsDirectory() {
        return launch.with(Map.of("BULWARK_DATA_DIR", dataDirectory().toString()));
    }

    private void endEverything() {
        ProcessHandle.of(current.pid()).ifPresent(process -> {
            Programs.signal("CONT", process.pid());
            end(process);
        });
        server.process().ifPresent(BulwarkNode::end);
    }

    private static void end(ProcessHandle process) {
        process.destroy();
        process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public String toString() {
        return "node in " + home;
    }
}
