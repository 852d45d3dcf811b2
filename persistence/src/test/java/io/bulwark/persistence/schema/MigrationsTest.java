package io.bulwark.persistence.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigrationsTest {
    private static final Duration TURN = Duration.ofSeconds(30);

    private Database database = TestServer.emptyDatabase();
    private HikariDataSource pool = database.pool("test", 8);

    @BeforeEach
    void emptyDatabase() {
        pool.close();
        database = TestServer.emptyDatabase();
        pool = database.pool("test", 8);
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    @Test
    void everyScript_upDownUp_leavesTheSameSchema() throws SQLException {
        List<Script> shipped = Script.shipped();
        for (int version = 1; version <= shipped.size(); version++) {
            Migrations upToHere = new Migrations(pool, shipped.subList(0, version), TURN);
            List<String> before = Catalog.of(database);
            assertThat(upToHere.up()).containsExactly(shipped.get(version - 1).file());
            List<String> after = Catalog.of(database);
            assertThat(after).isNotEqualTo(before);
            assertThat(upToHere.down(version - 1))
                    .containsExactly(shipped.get(version - 1).file());
            if (version > 1) { // before the first, even the runner's own table is missing
                assertThat(Catalog.of(database)).isEqualTo(before);
            }
            upToHere.up();
            assertThat(Catalog.of(database)).isEqualTo(after);
        }
    }

    @Test
    void down_toZero_leavesNothingButTheRecord() throws SQLException {
        Migrations migrations = new Migrations(pool);
        migrations.up();
        migrations.down(0);
        assertThat(Catalog.of(database)).isNotEmpty().allMatch(line -> line.contains("bulwark_migration"));
        assertThat(migrations.status().version()).isZero();
    }

    @Test
    void shippedScripts_areTheFilesInTheFolder() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/db/migration"))) {
            List<String> expected = new ArrayList<>();
            for (String name : Script.SHIPPED) {
                expected.add(name + ".up.sql");
                expected.add(name + ".down.sql");
            }
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void status_tellsWhatIsAppliedAndWhatIsPending() {
        Migrations migrations = new Migrations(pool);
        assertThat(migrations.status().pending()).isEqualTo(Script.SHIPPED);
        assertThat(migrations.status().current()).isFalse();
        assertThat(migrations.up()).isEqualTo(Script.SHIPPED);
        assertThat(migrations.status().current()).isTrue();
        assertThat(migrations.status().applied()).extracting(Applied::file).isEqualTo(Script.SHIPPED);
        assertThat(migrations.up()).isEmpty();
    }

    @Test
    void editedScript_isRefusedByName() {
        Script one = Script.of("0001_one", "CREATE TABLE one ()", "DROP TABLE one");
        runner(one).up();
        Script editedUp = Script.of("0001_one", "CREATE TABLE one (n int)", "DROP TABLE one");
        assertThatThrownBy(() -> runner(editedUp).up())
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("0001_one.up.sql was edited");
        Script editedDown = Script.of("0001_one", "CREATE TABLE one ()", "DROP TABLE one CASCADE");
        assertThatThrownBy(() -> runner(editedDown).status()).hasMessageContaining("0001_one.down.sql was edited");
    }

    @Test
    void missingScript_isRefusedByName() {
        runner(script(1), script(2)).up();
        assertThatThrownBy(() -> runner(script(1), Script.of("0002_other", "SELECT 1", "SELECT 1"))
                        .up())
                .hasMessageContaining("0002_s2, which is missing here: 0002_other stands in its place");
    }

    @Test
    void newerDatabase_isRefusedByName() {
        runner(script(1), script(2)).up();
        assertThatThrownBy(() -> runner(script(1)).up())
                .hasMessageContaining("0002_s2")
                .hasMessageContaining("the database is newer");
    }

    @Test
    void gapBetweenScripts_isRefusedByName() {
        assertThatThrownBy(() -> runner(script(1), script(3)).up())
                .hasMessageContaining("0003_s3 follows 0001_s1: expected number 2");
        assertThatThrownBy(() -> runner(script(2)).up()).hasMessageContaining("0002_s2 follows nothing");
    }

    @Test
    void gapInTheRecord_isRefusedByName() {
        Migrations migrations = runner(script(1), script(2));
        migrations.up();
        TestServer.execute(database, "DELETE FROM bulwark_migration WHERE version = 1");
        assertThatThrownBy(migrations::up).hasMessageContaining("0002_s2 and not number 1");
    }

    @Test
    void failingScript_isNamedAndLeavesNothing() throws SQLException {
        Script broken = Script.of("0002_broken", "CREATE TABLE half (n int); SELECT 1 / 0", "DROP TABLE half");
        assertThatThrownBy(() -> runner(script(1), broken).up())
                .hasMessageContaining("0002_broken failed and left nothing behind")
                .hasMessageContaining("division by zero");
        assertThat(Catalog.of(database)).noneMatch(line -> line.contains("half"));
        assertThat(runner(script(1), broken).status().version()).isEqualTo(1);
    }

    @Test
    void down_outsideTheRange_isRefused() {
        assertThatThrownBy(() -> runner(script(1)).down(1)).hasMessageContaining("the database is at 0");
    }

    @Test
    void runnersAtTheSameTime_takeTurns() {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<List<String>>> runs = Stream.generate(
                            () -> CompletableFuture.supplyAsync(() -> new Migrations(pool).up(), executor))
                    .limit(6)
                    .toList();
            List<String> run =
                    runs.stream().flatMap(future -> future.join().stream()).toList();
            assertThat(run).isEqualTo(Script.SHIPPED);
        }
    }

    @Test
    void runnerThatDoesNotGetItsTurn_saysSo() throws SQLException {
        try (Connection other = TestServer.connect(database);
                Statement statement = other.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + 0x62756c7761726b2dL + ")");
            Migrations impatient = new Migrations(pool, List.of(script(1)), Duration.ofMillis(100));
            assertThatThrownBy(impatient::up)
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("Another node has been changing the schema for more than PT0.1S");
        }
        assertThat(runner(script(1)).up()).containsExactly("0001_s1");
    }

    @Test
    void scriptThatTakesLongerThanTheNetworkMay_isLetFinish() {
        var impatient = database.connections("test", Duration.ofSeconds(1), Duration.ofSeconds(1));
        Script slow = Script.of("0001_slow", "SELECT pg_sleep(1.5)", "SELECT 1");
        assertThat(new Migrations(impatient, List.of(slow), TURN).up()).containsExactly("0001_slow");
    }

    @Test
    void unreachableDatabase_isAMigrationException() {
        Database nowhere = new Database("jdbc:postgresql://127.0.0.1:1/none", "nobody", "none");
        try (var none = nowhere.pool("none", 1, Duration.ofMillis(250))) {
            assertThatThrownBy(() -> new Migrations(none).up())
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("The schema cannot be changed");
        }
    }

    private Migrations runner(Script... scripts) {
        return new Migrations(pool, List.of(scripts), TURN);
    }

    private static Script script(int version) {
        return Script.of("000" + version + "_s" + version, "SELECT " + version, "SELECT -" + version);
    }
}
