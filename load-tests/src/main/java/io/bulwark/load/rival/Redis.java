package io.bulwark.load.rival;

import io.bulwark.load.node.ChildProcess;
import io.bulwark.load.node.Ports;
import io.bulwark.load.node.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Redis of its own, that can be killed and started again on the same data and port. */
public final class Redis implements AutoCloseable {
    /** What a write has cost when it is answered. */
    public enum Durability {
        /** Nothing is written to disk: what is fair beside levels that live in memory. */
        NONE,
        /** Written and synced before the answer ({@code appendfsync always}): what is fair beside fsynced commits. */
        EVERY_WRITE
    }

    private final Path home;
    private final int port;
    private final Durability durability;
    private ChildProcess process;

    private Redis(Path home, Durability durability) {
        this.home = home;
        this.port = Ports.free();
        this.durability = durability;
        this.process = launch();
    }

    /**
     * Starts it on empty data and waits until it listens.
     *
     * @param name of the folder under the scratch directory
     */
    public static Redis start(String name, Durability durability) {
        return new Redis(Scratch.empty(name), durability);
    }

    /** Where it listens, on loopback. */
    public int port() {
        return port;
    }

    /** Ends it as {@code kill -9} would. */
    public void kill() {
        process.kill();
        process.close();
    }

    /** Starts the next life on the same data. */
    public void restart() {
        process = launch();
    }

    @Override
    public void close() {
        process.close();
    }

    private ChildProcess launch() {
        try {
            Path configuration = Files.writeString(home.resolve("redis.conf"), configuration(port, home, durability));
            return ChildProcess.start(
                            "redis",
                            List.of(Installed.required("redis-server"), configuration.toString()),
                            home.resolve("output.log"))
                    .listeningOn(port);
        } catch (IOException e) {
            throw new UncheckedIOException("Redis could not be configured in " + home, e);
        }
    }

    static String configuration(int port, Path home, Durability durability) {
        String append = switch (durability) {
            case NONE -> "appendonly no\n";
            case EVERY_WRITE -> "appendonly yes\nappendfsync always\n";
        };
        return "bind 127.0.0.1\nport " + port + "\ndir " + home + "\ndaemonize no\nsave \"\"\ntcp-backlog 4096\n"
                + append;
    }
}
