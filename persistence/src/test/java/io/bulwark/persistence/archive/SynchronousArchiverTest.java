package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.persistence.archive.ArchiverEnd.Reason;
import io.bulwark.persistence.archive.ArchiverSettings.Durability;
import io.bulwark.persistence.archive.ArchiverStatus.State;
import io.bulwark.persistence.database.TestServer;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.repository.StoreTrouble;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The archiver as the server's synchronous standby: what was acknowledged outlives the server. */
class SynchronousArchiverTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int WRITERS = 6;
    private static final int COMMITS = Boolean.getBoolean("bulwark.long") ? 20_000 : 800;
    private static final ArchiverSettings SETTINGS =
            ArchiverSettings.DEFAULT.with(Durability.SYNCHRONOUS).withRetained(1L << 30, Duration.ofMillis(100));

    @TempDir
    Path scratch;

    private Path directory;
    private Source source;
    private Archive archive;

    @BeforeEach
    void start() throws IOException {
        directory = Files.createDirectory(scratch.resolve("server"));
        source = new Source(Servers.startWith(directory, "wal_keep_size = 1GB"), directory);
        archive = Archive.in(scratch);
    }

    @AfterEach
    void stop() {
        archive.close();
        source.server().close();
    }

    @Test
    void acknowledgedCommits_outliveTheServerAndItsData() throws Exception {
        Map<Integer, Lsn> acknowledged = new ConcurrentHashMap<>();
        source.execute("CREATE TABLE kept (n int PRIMARY KEY, filler text)");
        AtomicBoolean killed = new AtomicBoolean();
        try (WalArchiver archiver = WalArchiver.start(
                source.database(), archive.wal, SETTINGS, () -> !killed.get(), InstantSource.system())) {
            awaitSynchronous(archiver);
            commitUntilKilled(acknowledged, killed);
            assertThat(archiver.ended().get(30, TimeUnit.SECONDS).reason()).isEqualTo(Reason.FENCED);
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(COMMITS);
        WalGaps.Reach reach = archive.reach();
        assertThat(reach.gap()).isEmpty();
        acknowledged.forEach((n, lsn) -> assertThat(reach.until()).as("%d", n).isGreaterThan(lsn));
        source.server().close();
        Path restored = Files.createDirectory(scratch.resolve("restored"));
        try (EmbeddedPostgres server = Servers.startRecovering(restored, fetchAll())) {
            Source second = new Source(server, restored);
            await().atMost(SOON).until(second::takesWrites);
            assertThat(rows(second)).containsAll(acknowledged.keySet());
            followsToTheNewTimeline(second);
        }
    }

    private void commitUntilKilled(Map<Integer, Lsn> acknowledged, AtomicBoolean killed) throws Exception {
        CountDownLatch moment = new CountDownLatch(COMMITS);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int first = i;
                writers.add(CompletableFuture.runAsync(() -> commit(first, acknowledged, moment), executor));
            }
            assertThat(moment.await(120, TimeUnit.SECONDS)).isTrue();
            Servers.killAll(directory);
            killed.set(true);
            CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        }
    }

    /** Until the server is gone. */
    private void commit(int first, Map<Integer, Lsn> acknowledged, CountDownLatch moment) {
        try (Connection connection = TestServer.connect(source.database());
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO kept VALUES (?, repeat('x', 200)) RETURNING pg_current_wal_insert_lsn()")) {
            connection.setAutoCommit(false);
            for (int n = first; ; n += WRITERS) {
                insert.setInt(1, n);
                Lsn lsn;
                try (ResultSet row = insert.executeQuery()) {
                    row.next();
                    lsn = Lsn.parse(row.getString(1));
                }
                connection.commit();
                acknowledged.put(n, lsn);
                moment.countDown();
            }
        } catch (SQLException gone) {
            // What was not acknowledged may be there or not.
        }
    }

    private Path fetchAll() throws IOException {
        Path files = Files.createDirectory(scratch.resolve("fetched"));
        WalReader reader = new WalReader(archive.wal);
        Set<String> names = new HashSet<>();
        archive.wal.names().forEach(name -> names.add(name.replaceFirst("\\.partial/.*", "")));
        for (String name : names) {
            assertThat(reader.fetch(name, files.resolve(name))).as(name).isTrue();
            assertThat(Files.size(files.resolve(name))).isEqualTo(SegmentSize.USUAL.bytes());
        }
        return files;
    }

    private static Set<Integer> rows(Source restored) throws SQLException {
        Set<Integer> rows = new HashSet<>();
        try (Connection connection = TestServer.connect(restored.database());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT n FROM kept")) {
            while (row.next()) {
                rows.add(row.getInt(1));
            }
        }
        return rows;
    }

    /** The restored server is archived into the same archive, and the archive leads to its timeline. */
    private void followsToTheNewTimeline(Source restored) throws IOException {
        try (WalArchiver archiver =
                WalArchiver.start(restored.database(), archive.wal, SETTINGS, () -> true, InstantSource.system())) {
            Lsn end = restored.endSegment();
            await().atMost(SOON).until(() -> archived(archiver, end));
            assertThat(archiver.status().timeline()).isEqualTo(2);
        }
        String history = Files.readString(restored.pgWal().resolve("00000002.history"));
        Timelines timelines = Timelines.parse(2, history);
        assertThat(archive.wal.get("00000002.history").orElseThrow()).hasContent(history);
        assertThat(archive.reach(timelines).gap()).isEmpty();
        assertThat(archive.reach(timelines).until())
                .isGreaterThanOrEqualTo(timelines.past().getFirst().until());
        assertThat(archive.segments()).anyMatch(name -> name.startsWith("00000002"));
    }

    @Test
    @EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
    void standbyThatIsPromotedWhileItIsArchived_isFollowed() throws IOException {
        Path standby = Files.createDirectory(scratch.resolve("standby"));
        try (EmbeddedPostgres server = Servers.startStandby(standby)) {
            Source second = new Source(server, standby);
            ArchiverSettings settings = SETTINGS.with(Durability.ASYNCHRONOUS).withSilenceMax(Duration.ofSeconds(2));
            try (WalArchiver archiver =
                    WalArchiver.start(second.database(), archive.wal, settings, () -> true, InstantSource.system())) {
                await().atMost(SOON).until(() -> archiver.status().state() == State.STREAMING);
                assertThat(archiver.status().timeline()).isOne();
                second.execute("SELECT pg_promote()");
                await().atMost(SOON).until(second::takesWrites);
                Lsn end = second.endSegment();
                await().atMost(SOON).until(() -> archived(archiver, end));
                assertThat(archiver.status().timeline()).isEqualTo(2);
            }
            String history = Files.readString(second.pgWal().resolve("00000002.history"));
            assertThat(archive.reach(Timelines.parse(2, history)).gap()).isEmpty();
        }
    }

    @Test
    void commit_waitsWhileTheStoreIsInTrouble() throws Exception {
        source.execute("CREATE TABLE kept (n int PRIMARY KEY)");
        try (WalArchiver archiver = start(SETTINGS)) {
            awaitSynchronous(archiver);
            archive.store.fail(StoreTrouble.Kind.UNREACHABLE);
            CompletableFuture<Void> commit =
                    CompletableFuture.runAsync(() -> source.execute("INSERT INTO kept VALUES (1)"));
            await().atMost(SOON).until(() -> archiver.status().state() == State.WAITING_FOR_STORE);
            await().atMost(SOON)
                    .until(() -> source.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                            .equals("1"));
            await().atMost(SOON).until(() -> archive.store.refused() >= 3);
            assertThat(commit).isNotDone();
            archive.store.mend();
            commit.get(30, TimeUnit.SECONDS);
            assertThat(archiver.status().lagBytes()).isZero();
        }
        assertThat(archive.pieces()).isNotEmpty();
    }

    @Test
    void pieces_areGoneOnceTheirSegmentIsWhole_andAreTakenUpByTheNextArchiver() throws Exception {
        source.execute("CREATE TABLE kept (n int)");
        try (WalArchiver archiver = start(SETTINGS)) {
            awaitSynchronous(archiver);
            source.execute("INSERT INTO kept VALUES (1)");
        }
        List<String> first = archive.pieces();
        assertThat(first).isNotEmpty();
        try (WalArchiver archiver = start(SETTINGS)) {
            awaitSynchronous(archiver);
            source.execute("INSERT INTO kept VALUES (2)");
            assertThat(archive.pieces()).containsAll(first);
            assertThat(archive.store.created()).doesNotHaveDuplicates();
            Lsn end = source.endSegment();
            await().atMost(SOON).until(() -> archived(archiver, end));
            await().atMost(SOON).until(() -> archive.pieces().stream().noneMatch(piece -> first.contains(piece)));
        }
        assertThat(archive.reach().gap()).isEmpty();
        archive.assertSameAs(source.pgWal());
    }

    @Test
    void otherBytesThanThePieces_endTheArchiver() throws Exception {
        try (WalArchiver archiver = start(SETTINGS)) {
            awaitSynchronous(archiver);
            source.endSegment();
            source.execute("SELECT pg_logical_emit_message(true, 'test', 'begins a segment')");
        }
        WalReader reader = new WalReader(archive.wal);
        SegmentSize size = SegmentSize.USUAL;
        String last = new WalSegment(1, size.numberOf(archive.reach().until())).name(size);
        Path file = scratch.resolve(last);
        assertThat(reader.fetch(last, file)).isTrue();
        int held = Math.toIntExact(archive.reach().until().value() % size.bytes());
        byte[] other = Arrays.copyOf(Files.readAllBytes(file), held + 8);
        other[held - 1]++;
        archive.wal.put(new WalPiece(last, 0, other.length).name(), new ByteArrayInputStream(other));
        source.execute("SELECT pg_switch_wal()");
        try (WalArchiver archiver = start(SETTINGS)) {
            ArchiverEnd end = archiver.ended().get(30, TimeUnit.SECONDS);
            assertThat(end.reason()).isEqualTo(Reason.DIVERGED);
            assertThat(end.message()).contains(last);
        }
    }

    @Test
    void orderlyStop_isNotHeldUpByAnAsynchronousArchiver_andNothingIsLost() throws IOException {
        source.execute("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()");
        try (WalArchiver archiver = start(SETTINGS.with(Durability.ASYNCHRONOUS))) {
            await().atMost(SOON).until(() -> archiver.status().state() == State.STREAMING);
            source.execute("CREATE TABLE kept AS SELECT 1 AS n");
            Lsn written = source.flushed();
            long before = System.nanoTime();
            source.server().close();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
            assertThat(archive.reach().until()).isGreaterThan(written);
        }
    }

    private WalArchiver start(ArchiverSettings settings) {
        return WalArchiver.start(source.database(), archive.wal, settings, () -> true, InstantSource.system());
    }

    /** From then on commits wait for the archiver. */
    private void awaitSynchronous(WalArchiver archiver) {
        await().atMost(SOON).until(() -> archiver.status().state() == State.STREAMING);
        source.execute(
                "ALTER SYSTEM SET synchronous_standby_names = '" + SETTINGS.applicationName() + "'",
                "SELECT pg_reload_conf()");
        await().atMost(SOON)
                .until(() -> archiver.status()
                        .slot()
                        .filter(ArchiverStatus.Slot::synchronous)
                        .isPresent());
    }

    private static boolean archived(WalArchiver archiver, Lsn position) {
        return archiver.status()
                .archived()
                .filter(archived -> archived.compareTo(position) >= 0)
                .isPresent();
    }
}
