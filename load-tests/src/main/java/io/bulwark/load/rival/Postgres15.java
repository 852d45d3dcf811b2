package io.bulwark.load.rival;

import io.bulwark.load.node.PostgresServer;
import io.bulwark.load.node.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * PostgreSQL 15 as Debian packages it, with its {@code pg_basebackup}, which refuses to back up a newer server: so this is
 * the server of which both it and Bulwark can take a full backup.
 */
public final class Postgres15 {
    /** Where the package puts the programs; those on the path choose a version by what is configured. */
    public static final Path PROGRAMS = Path.of("/usr/lib/postgresql/15/bin");

    private Postgres15() {}

    /** A note for a result when it is not there. */
    public static Optional<String> absence() {
        return Files.isExecutable(PROGRAMS.resolve("pg_basebackup")) && Files.isExecutable(PROGRAMS.resolve("postgres"))
                ? Optional.empty()
                : Optional.of(Installed.absence("postgresql-15"));
    }

    /** Starts a server whose data nothing changes by itself. */
    public static PostgresServer start(String name) {
        return PostgresServer.startWith(
                Optional.of(PROGRAMS), name, List.of("autovacuum=off", "max_wal_size=4GB", "checkpoint_timeout=1h"));
    }

    /**
     * Takes a full backup as a tar archive, with the WAL that it needs, synced to disk.
     *
     * @param into a folder that is not there yet
     * @param compression as {@code --compress} takes it, such as {@code client-gzip}
     */
    public static void pgBaseBackup(PostgresServer server, Path into, String compression) {
        Programs.run(
                "env",
                "PGPASSWORD=" + PostgresServer.PASSWORD,
                PROGRAMS.resolve("pg_basebackup").toString(),
                "--host=127.0.0.1",
                "--port=" + server.port(),
                "--username=" + PostgresServer.USER,
                "--no-password",
                "--pgdata=" + into,
                "--format=tar",
                "--compress=" + compression,
                "--wal-method=fetch",
                "--checkpoint=fast");
    }

    /** Unpacks such an archive into a folder; what is written may not be on disk yet. */
    public static void tar(Path backup, Path into) {
        Programs.run("tar", "xzf", backup.resolve("base.tar.gz").toString(), "-C", into.toString());
    }
}
