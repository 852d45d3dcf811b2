package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;

/** The server's data: made once, configured anew at each start. */
final class DataDirectory {
    static final String USER = "bulwark";
    private static final int PASSWORD_BYTES = 24;
    private static final int INITDB_SECONDS_MAX = 300;

    private static final String SAME_FOR_ALL = """
                # Written by Bulwark at each start. Put your own settings into postgresql.local.conf beside this file.
                listen_addresses = '127.0.0.1'
                unix_socket_directories = ''
                password_encryption = 'scram-sha-256'
                fsync = on
                synchronous_commit = on
                full_page_writes = on
                wal_level = replica
                summarize_wal = on
                max_wal_senders = 10
                max_wal_size = 1GB
                log_destination = 'stderr'
                logging_collector = off
                log_line_prefix = '%m [%p] '
                log_timezone = 'UTC'
                log_min_error_statement = panic
                timezone = 'UTC'
                lc_messages = 'C'
                datestyle = 'iso, mdy'
                """;

    private final Path directory;
    private final Path data;

    DataDirectory(Path directory) {
        this.directory = directory;
        this.data = directory.resolve("data");
    }

    Path path() {
        return data;
    }

    /** The password of {@value #USER}; the file is readable for its owner only. */
    String password() throws IOException {
        return Files.readString(directory.resolve("password")).strip();
    }

    /** Refuses data that these programs cannot read, and a first start without the space for it. */
    void check(Settings settings) throws IOException {
        if (Files.exists(data)) {
            checkVersion();
        } else {
            checkSpace(settings);
        }
    }

    /** Makes the data directory if there is none. */
    void initialise(Path binaries) throws IOException, InterruptedException {
        removePartial();
        if (!Files.exists(data)) {
            writePassword();
            make(binaries);
        }
    }

    /** Whether the server that runs as this process says that it accepts connections. */
    boolean ready(long postmaster) throws IOException {
        return new PostmasterFile(data).ready(postmaster);
    }

    /** The port of the server that runs here and accepts connections; empty when there is none. */
    OptionalInt portWhenReady() throws IOException {
        return new PostmasterFile(data).portWhenReady();
    }

    private void removePartial() throws IOException {
        try (var entries = Files.newDirectoryStream(directory, "data-partial-*")) {
            for (Path entry : entries) {
                Trees.delete(entry);
            }
        }
    }

    private void checkVersion() throws IOException {
        Path file = data.resolve("PG_VERSION");
        String found = Files.exists(file) ? Files.readString(file).strip() : "no PG_VERSION";
        if (!found.equals(Binaries.MAJOR)) {
            throw new EmbeddedPostgresException("The data in " + data + " is of PostgreSQL " + found
                    + ", and this program brings PostgreSQL " + Binaries.MAJOR
                    + ": take another directory, or bring the data over with pg_upgrade");
        }
        if (!Files.exists(directory.resolve("password"))) {
            throw new EmbeddedPostgresException("The file " + directory.resolve("password")
                    + " is missing, and the data beside it cannot be opened without: restore the file");
        }
    }

    private void checkSpace(Settings settings) throws IOException {
        long freeMiB = Files.getFileStore(directory).getUsableSpace() >> 20;
        if (freeMiB < settings.freeSpaceMinMiB()) {
            throw new EmbeddedPostgresException("There are " + freeMiB + " MiB free in " + directory
                    + ": a first start needs " + settings.freeSpaceMinMiB() + " MiB");
        }
    }

    private void writePassword() throws IOException {
        Path file = directory.resolve("password");
        Files.deleteIfExists(file);
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(file, ownerOnly);
        Files.writeString(file, Base64.getUrlEncoder().encodeToString(random), StandardOpenOption.DSYNC);
    }

    /** Into a directory of another name, so that one broken off half-way is never taken for whole. */
    private void make(Path binaries) throws IOException, InterruptedException {
        Path partial = Files.createTempDirectory(directory, "data-partial-");
        List<String> command = new ArrayList<>(Binaries.program(binaries, "initdb"));
        command.addAll(List.of("-D", partial.toString(), "-U", USER, "--auth=scram-sha-256"));
        command.add("--pwfile=" + directory.resolve("password"));
        command.addAll(List.of("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--data-checksums"));
        Programs.run(Programs.asOrdinaryUser(command), INITDB_SECONDS_MAX);
        Files.move(partial, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Writes {@code postgresql.conf}. An acknowledged commit survives a power failure ({@code fsync},
     * {@code synchronous_commit}, {@code full_page_writes}); base and incremental backups and WAL archiving need no
     * restart ({@code wal_level}, {@code summarize_wal}, {@code max_wal_senders}). Statements are not logged with their
     * errors, because they may hold what callers sent.
     */
    void configure(Settings settings, int port) throws IOException {
        String own = "port = " + port + "\nmax_connections = " + settings.connectionsMax() + "\nshared_buffers = "
                + settings.sharedBuffersMiB() + "MB\n";
        String included = "include_if_exists = 'postgresql.local.conf'\n";
        Files.writeString(data.resolve("postgresql.conf"), SAME_FOR_ALL + own + included);
    }
}
