package io.bulwark.persistence.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

/**
 * A server of any version that can be backed up, whose data nobody keeps; its user is {@code bulwark} with the password
 * {@code bulwark}. The profile {@code long} fetches the programs of versions that Bulwark does not bring.
 */
public final class AnyServer implements AutoCloseable {
    private static final String USER = "bulwark";
    private static final Duration START_WITHIN = Duration.ofMinutes(1);

    private static final String SETTINGS = """
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            fsync = off
            wal_level = replica
            max_wal_senders = 10
            log_destination = 'stderr'
            logging_collector = off
            """;

    private final ChildServer server;
    private final Database database;

    private AnyServer(ChildServer server, Database database) {
        this.server = server;
        this.database = database;
    }

    /**
     * The programs of a version, as an installation would have them.
     *
     * @param folder into which they are unpacked, once
     */
    public static Path programs(int major, Path folder) throws IOException {
        if (Integer.toString(major).equals(Binaries.MAJOR)) {
            return ServerPrograms.brought(Servers.programs()).bin();
        }
        Path unpacked = folder.resolve("postgres-" + major);
        if (!Files.exists(unpacked)) {
            String archive = Binaries.archive(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
            try (JarFile jar = new JarFile("target/servers/" + major + ".jar");
                    InputStream content = jar.getInputStream(jar.getJarEntry(archive))) {
                Binaries.unpack(content, Files.createDirectory(unpacked));
            }
        }
        return unpacked.resolve("bin");
    }

    /**
     * Makes a new one.
     *
     * @param directory is there and empty; its data is in {@code data}
     * @param settings lines for its configuration
     */
    public static AnyServer make(Path bin, Path directory, String... settings)
            throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        Path password = directory.resolve("password");
        Files.writeString(password, USER);
        List<String> initdb = new ArrayList<>(List.of(bin.resolve("initdb").toString(), "-D", data.toString()));
        initdb.addAll(List.of("-U", USER, "--auth=scram-sha-256", "--pwfile=" + password, "--no-sync"));
        initdb.addAll(List.of("--encoding=UTF8", "--locale=C", "--data-checksums"));
        Programs.run(Programs.asOrdinaryUser(initdb), 300);
        Files.writeString(data.resolve("postgresql.conf"), SETTINGS + String.join("\n", settings) + "\n");
        return on(bin, data, directory);
    }

    /**
     * Starts one on data that such a server left, or a restore of it, and returns when it takes writes.
     *
     * @param logs a folder for the server's log
     */
    public static AnyServer on(Path bin, Path data, Path logs) throws IOException, InterruptedException {
        int port = ChildServer.freePort();
        ChildServer server = ChildServer.launch(
                ServerPrograms.installed(bin), data, List.of("-c", "port=" + port, "-c", "hot_standby=off"), logs);
        boolean open = false;
        try {
            await().atMost(START_WITHIN)
                    .failFast(() ->
                            assertThat(server.ended()).as(server.trouble()).isEmpty())
                    .until(server::ready);
            open = true;
        } finally {
            if (!open) {
                server.close();
            }
        }
        return new AnyServer(server, new Database(Launcher.url(port, "postgres"), USER, USER));
    }

    /** The database {@code postgres}. */
    public Database database() {
        return database;
    }

    /** A database of this name, which is made. */
    public Database make(String name) {
        TestServer.execute(database, "CREATE DATABASE " + name);
        return database(name);
    }

    /** Another database. */
    public Database database(String name) {
        String server = database.url().substring(0, database.url().lastIndexOf('/') + 1);
        return new Database(server + name, USER, USER);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
