package io.bulwark.persistence.backup;

import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SplittableRandom;

/**
 * Takes and restores backups, compressed and encrypted, of a table like pgbench's, and prints how fast that was. Not a
 * test: run {@code main} on a quiet machine, with the module's folder as working directory.
 */
public final class BackupBenchmark {
    private BackupBenchmark() {}

    /** @param arguments rows of the table, about 135 bytes each; 3,000,000 unless given */
    public static void main(String[] arguments) throws Exception {
        int rows = arguments.length == 0 ? 3_000_000 : Integer.parseInt(arguments[0]);
        Path directory = Files.createTempDirectory("bulwark-benchmark-");
        try (EmbeddedPostgres server = Servers.start(Files.createDirectory(directory.resolve("source")));
                Repository repository = TestBackups.repository(directory.resolve("repository"))) {
            Cluster source = new Cluster(server);
            source.execute(
                    "bulwark",
                    "CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84))",
                    "INSERT INTO pgbench_accounts SELECT n, n / 100000, hashint4(n) % 100000, md5(n::text)"
                            + " FROM generate_series(1, " + rows + ") n",
                    "ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid)",
                    "CHECKPOINT");
            BaseBackup backups = new BaseBackup(source.main(), repository, InstantSource.system());
            for (int round = 1; round <= 3; round++) {
                take(backups, Kind.FULL);
            }
            source.execute(
                    "bulwark", "UPDATE pgbench_accounts SET abalance = 1 WHERE aid % 100000 < 300", "CHECKPOINT");
            Backup last = take(backups, Kind.INCREMENTAL);
            long began = System.nanoTime();
            Restored restored = new Restore(repository, new SplittableRandom(1))
                    .restore(RestoreRequest.of(last.id(), directory.resolve("target")), Progress.SILENT);
            say("RESTORE of full + incremental", restored.bytes(), 0, System.nanoTime() - began);
        }
    }

    private static Backup take(BaseBackup backups, Kind kind) throws Exception {
        long began = System.nanoTime();
        Backup backup = backups.take(BackupRequest.of(kind, "benchmark"), Progress.SILENT)
                .backup();
        long nanos = System.nanoTime() - began;
        say(
                kind.toString(),
                backup.parts().stream().mapToLong(Backup.Part::plainBytes).sum(),
                backup.parts().stream().mapToLong(Backup.Part::storedBytes).sum(),
                nanos);
        return backup;
    }

    private static void say(String what, long plainBytes, long storedBytes, long nanos) {
        System.out.printf(
                "%s: %.1f MB, stored %.1f MB, %.2f s, %.0f MB/s%n",
                what, plainBytes / 1e6, storedBytes / 1e6, nanos / 1e9, plainBytes / 1e6 / (nanos / 1e9));
    }
}
