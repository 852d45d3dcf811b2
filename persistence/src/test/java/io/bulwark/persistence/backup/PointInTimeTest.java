package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server is restored to each kind of point (two of them in the short run), with WAL from a directory that its own
 * command filled.
 */
class PointInTimeTest {
    @TempDir
    Path directory;

    private final Map<PointInTime, List<String>> wanted = new LinkedHashMap<>();

    @Test
    void everyPoint_isReachedExactly() throws Exception {
        Path archive = Files.createDirectory(directory.resolve("archive"));
        Path source = Files.createDirectory(directory.resolve("source"));
        try (Repository repository = TestBackups.repository(directory.resolve("repository"))) {
            Backup backup;
            try (EmbeddedPostgres server = Servers.startThrowaway(
                    source, "archive_mode = on", "archive_command = 'cp %p " + archive + "/%f'")) {
                backup = write(new Cluster(server), repository);
            }
            if (!Boolean.getBoolean("bulwark.long")) {
                wanted.keySet().removeIf(point -> point instanceof PointInTime.Lsn || point instanceof PointInTime.End);
            }
            for (Map.Entry<PointInTime, List<String>> point : wanted.entrySet()) {
                Path place = Files.createTempDirectory(directory, "restored-");
                RestoreRequest request = RestoreRequest.of(backup.id(), place.resolve("data"))
                        .withRecovery(point.getKey(), "cp " + archive + "/%f %p")
                        .withSettings(Map.of("archive_mode", "off"));
                new Restore(repository, new SplittableRandom(1)).restore(request, Progress.SILENT);
                try (EmbeddedPostgres server = Servers.startOn(place, Files.readString(source.resolve("password")))) {
                    assertThat(new Cluster(server).query("bulwark", "SELECT n FROM t ORDER BY n"))
                            .as(point.getKey().toString())
                            .isEqualTo(point.getValue());
                }
            }
        }
    }

    /** Between every two rows there is a point of another kind. */
    private Backup write(Cluster source, Repository repository) throws Exception {
        source.execute("bulwark", "CREATE TABLE t (n int)");
        BaseBackup backups = new BaseBackup(source.main(), repository, InstantSource.system());
        backups.take(BackupRequest.of(Kind.FULL, "").withoutWal(), Progress.SILENT);
        insert(source, 1);
        Backup backup = backups.take(BackupRequest.of(Kind.INCREMENTAL, "").withoutWal(), Progress.SILENT)
                .backup();
        String micros = one(source, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
        long micro = Long.parseLong(micros);
        wanted.put(
                new PointInTime.At(Instant.ofEpochSecond(micro / 1_000_000, micro % 1_000_000 * 1_000)), List.of("1"));
        insert(source, 2);
        one(source, "SELECT pg_create_restore_point('it''s here')");
        wanted.put(new PointInTime.NamedPoint("it's here"), List.of("1", "2"));
        insert(source, 3);
        wanted.put(PointInTime.Lsn.parse(one(source, "SELECT pg_current_wal_insert_lsn()")), List.of("1", "2", "3"));
        insert(source, 4);
        wanted.put(new PointInTime.End(), List.of("1", "2", "3", "4"));
        String segment = one(source, "SELECT pg_walfile_name(pg_switch_wal())");
        await().until(() -> one(
                        source, "SELECT coalesce(last_archived_wal >= '" + segment + "', false) FROM pg_stat_archiver")
                .equals("t"));
        return backup;
    }

    private static void insert(Cluster source, int row) throws SQLException {
        source.execute("bulwark", "INSERT INTO t VALUES (" + row + ")");
    }

    private static String one(Cluster source, String sql) throws SQLException {
        return source.query("bulwark", sql).getFirst();
    }
}
