package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups of every kind of a server that changes between them; each is restored and compared with what the server was. */
class ChainTest {
    private static final int LONG_ROUNDS = 12;
    private static final List<Kind> KINDS = List.of(Kind.FULL, Kind.INCREMENTAL, Kind.INCREMENTAL, Kind.DIFFERENTIAL);

    @TempDir
    Path directory;

    /** @param digests of the server when the backup was taken */
    private record Taken(Backup backup, SortedMap<String, String> digests) {}

    private final List<Taken> taken = new ArrayList<>();

    @Test
    void everyBackupOfAChain_isRestoredToWhatTheServerWas() throws Exception {
        try (Repository repository = TestBackups.repository(directory.resolve("repository"))) {
            try (EmbeddedPostgres server = Servers.startThrowaway(Files.createDirectory(directory.resolve("source")))) {
                Cluster source = new Cluster(server);
                BaseBackup backups = new BaseBackup(source.main(), repository, InstantSource.system());
                Workload changes = new Workload(source, 20_261_127);
                changes.setUp(Files.createDirectory(directory.resolve("space")));
                take(source, backups, Kind.FULL);
                changes.updateSome();
                changes.dropATable();
                changes.makeADatabase();
                take(source, backups, Kind.INCREMENTAL);
                changes.insertSome();
                changes.truncate();
                changes.dropADatabase();
                changes.updateSome();
                take(source, backups, Kind.INCREMENTAL);
                changes.deleteTheEnd();
                changes.rewrite();
                changes.updateSome();
                take(source, backups, Kind.DIFFERENTIAL);
            }
            assertThat(taken)
                    .extracting(one -> one.backup().start().kind())
                    .containsExactly(Kind.FULL, Kind.INCREMENTAL, Kind.INCREMENTAL, Kind.DIFFERENTIAL);
            assertThat(taken).extracting(one -> chain(repository, one)).containsExactly(1, 2, 3, 2);
            for (Taken one : taken) {
                restoreAndCompare(repository, one);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    @EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
    void anyChain_isRestoredToWhatTheServerWas(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        try (Repository repository = TestBackups.repository(directory.resolve("repository"))) {
            try (EmbeddedPostgres server = Servers.startThrowaway(Files.createDirectory(directory.resolve("source")))) {
                Cluster source = new Cluster(server);
                BaseBackup backups = new BaseBackup(source.main(), repository, InstantSource.system());
                Workload changes = new Workload(source, seed);
                changes.setUp(Files.createDirectory(directory.resolve("space")));
                for (int round = 0; round < LONG_ROUNDS; round++) {
                    take(source, backups, round == 0 ? Kind.FULL : KINDS.get(random.nextInt(KINDS.size())));
                    for (int i = random.nextInt(1, 6); i > 0; i--) {
                        changes.any();
                    }
                }
            }
            for (Taken one : taken) {
                restoreAndCompare(repository, one);
            }
        }
    }

    private void take(Cluster source, BaseBackup backups, Kind kind) throws Exception {
        TakenBackup backup = backups.take(BackupRequest.of(kind, "round " + taken.size()), Progress.SILENT);
        assertThat(backup.forcedFull()).isEmpty();
        assertThat(backup.backup().start().kind()).isEqualTo(kind);
        taken.add(new Taken(backup.backup(), source.digests()));
    }

    private static int chain(Repository repository, Taken one) throws IOException {
        return Chain.of(one.backup(), repository.backups()).size();
    }

    private void restoreAndCompare(Repository repository, Taken one) throws Exception {
        Path place = Files.createDirectory(
                directory.resolve("restored-" + one.backup().id()));
        RestoreRequest request =
                RestoreRequest.of(one.backup().id(), place.resolve("data")).withTablespaces(place.resolve("spaces"));
        Restored restored = new Restore(repository, new SplittableRandom(7)).restore(request, Progress.SILENT);
        assertThat(restored.backup()).isEqualTo(one.backup());
        try (EmbeddedPostgres server = Servers.startOn(place, password())) {
            Cluster copy = new Cluster(server);
            assertThat(copy.digests()).isEqualTo(one.digests());
            assertThat(copy.checkIndexes()).isGreaterThan(300);
            assertThat(copy.query(
                            "bulwark",
                            "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname =" + " 'elsewhere'"))
                    .singleElement()
                    .asString()
                    .startsWith(place.resolve("spaces").toString());
            checkThatTheNextIsAFullOne(repository, copy);
        }
    }

    /** A restored server has a history of its own. */
    private void checkThatTheNextIsAFullOne(Repository repository, Cluster copy) throws IOException {
        try (ReplicationWire wire = ReplicationWire.open(
                copy.main(), BackupRequest.of(Kind.FULL, "").answerWithin())) {
            ServerFacts facts = wire.facts();
            assertThat(facts.timeline()).isEqualTo(2);
            assertThat(facts.lineage()).hasSize(16);
            assertThat(BackupPlan.choose(Kind.INCREMENTAL, repository.backups(), facts))
                    .isInstanceOfSatisfying(
                            BackupPlan.Full.class,
                            full -> assertThat(full.forced())
                                    .hasValueSatisfying(why -> assertThat(why).contains("timeline")));
        }
    }

    private String password() throws IOException {
        return Files.readString(directory.resolve("source/password"));
    }
}
