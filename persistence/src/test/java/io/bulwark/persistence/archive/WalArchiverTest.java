package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.persistence.archive.ArchiverEnd.Reason;
import io.bulwark.persistence.archive.ArchiverSettings.OnGap;
import io.bulwark.persistence.archive.ArchiverStatus.State;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.repository.StoreTrouble;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalArchiverTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final ArchiverSettings SETTINGS =
            ArchiverSettings.DEFAULT.withRetained(16L << 20, Duration.ofMillis(100));

    private static final List<StoreTrouble.Kind> TROUBLES =
            List.of(StoreTrouble.Kind.UNREACHABLE, StoreTrouble.Kind.THROTTLED, StoreTrouble.Kind.FULL);
    private static final int ROUNDS = Boolean.getBoolean("bulwark.long") ? 12 : 2;

    @TempDir
    static Path directory;

    private static Source source;

    @TempDir
    Path scratch;

    private Archive archive;

    @BeforeAll
    static void start() {
        source = new Source(Servers.startWith(directory, "fsync = off", "wal_keep_size = 1GB"), directory);
    }

    @AfterAll
    static void stop() {
        source.server().close();
    }

    @BeforeEach
    void open() throws IOException {
        archive = Archive.in(scratch);
    }

    @AfterEach
    void close() {
        archive.close();
        String drop = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots";
        await().atMost(SOON)
                .until(() -> source.query("SELECT count(*) FROM pg_replication_slots WHERE active")
                        .equals("0"));
        source.execute(drop);
    }

    @Test
    void segments_areTheServersFilesByteForByte_whileConnectionsWrite() throws IOException {
        try (WalArchiver archiver = start(SETTINGS)) {
            awaitStreaming(archiver);
            source.write(4, Boolean.getBoolean("bulwark.long") ? 100 : 6);
            Lsn end = source.endSegment();
            awaitArchived(archiver, end);
            ArchiverStatus status = archiver.status();
            assertThat(status.segments()).isGreaterThanOrEqualTo(2);
            assertThat(status.lastSegment()).contains(archive.segments().getLast());
            assertThat(status.lastSegmentAt()).isPresent();
            assertThat(status.trouble()).isEmpty();
            assertThat(source.kept(SETTINGS.slot())).isGreaterThanOrEqualTo(end);
        }
        assertThat(archive.reach().gap()).isEmpty();
        archive.assertSameAs(source.pgWal());
    }

    @Test
    void archiverStartedAgain_goesOnWithoutGapAndStoresNothingTwice() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            long before = archive.segments().size();
            try (WalArchiver archiver = start(SETTINGS)) {
                awaitStreaming(archiver);
                source.write(2, 2);
                Lsn end = source.endSegment();
                source.write(1, 1);
                awaitArchived(archiver, end);
                assertThat(archive.segments())
                        .hasSize(Math.toIntExact(before + archiver.status().segments()));
            }
            source.endSegment();
        }
        assertThat(archive.reach().gap()).isEmpty();
        archive.assertSameAs(source.pgWal());
    }

    @Test
    void killedServer_isFollowedAgainWhenItIsBack() throws IOException {
        try (WalArchiver archiver = start(SETTINGS)) {
            awaitStreaming(archiver);
            source.write(1, 1);
            Servers.kill(source.server());
            await().atMost(SOON).until(() -> archiver.status().state() == State.CONNECTING);
            awaitStreaming(archiver);
            awaitArchived(archiver, source.endSegment());
        }
        assertThat(archive.reach().gap()).isEmpty();
        archive.assertSameAs(source.pgWal());
    }

    @Test
    void archiverThatNoLongerLeads_cannotAcknowledge() throws Exception {
        AtomicBoolean leads = new AtomicBoolean(true);
        try (WalArchiver former =
                WalArchiver.start(source.database(), archive.wal, SETTINGS, leads::get, InstantSource.system())) {
            awaitStreaming(former);
            awaitArchived(former, source.endSegment());
            Lsn before = source.kept(SETTINGS.slot());
            List<String> names = archive.wal.names();
            leads.set(false);
            Lsn end = source.endSegment();
            assertThat(former.ended().get(30, TimeUnit.SECONDS).reason()).isEqualTo(Reason.FENCED);
            assertThat(former.status().state()).isEqualTo(State.ENDED);
            assertThat(source.kept(SETTINGS.slot())).isEqualTo(before);
            assertThat(archive.wal.names()).isEqualTo(names);
            try (WalArchiver next = start(SETTINGS)) {
                awaitArchived(next, end);
            }
        }
        assertThat(archive.reach().gap()).isEmpty();
    }

    @Test
    void newArchiver_sendsTheFormerOneAwayFromTheSlot() throws Exception {
        AtomicBoolean leads = new AtomicBoolean(true);
        try (WalArchiver former =
                WalArchiver.start(source.database(), archive.wal, SETTINGS, leads::get, InstantSource.system())) {
            awaitStreaming(former);
            awaitArchived(former, source.endSegment());
            leads.set(false);
            try (WalArchiver next = start(SETTINGS)) {
                awaitStreaming(next);
                assertThat(former.ended().get(30, TimeUnit.SECONDS).reason()).isEqualTo(Reason.FENCED);
                awaitArchived(next, source.endSegment());
            }
        }
        assertThat(archive.reach().gap()).isEmpty();
        archive.assertSameAs(source.pgWal());
    }

    @Test
    void storeTrouble_isShownAndWaitedOutWithoutAcknowledging() throws IOException {
        try (WalArchiver archiver = start(SETTINGS)) {
            awaitStreaming(archiver);
            awaitArchived(archiver, source.endSegment());
            Lsn before = source.kept(SETTINGS.slot());
            archive.store.fail(StoreTrouble.Kind.UNREACHABLE);
            source.endSegment();
            Lsn end = source.endSegment();
            for (StoreTrouble.Kind kind : TROUBLES) {
                archive.store.fail(kind);
                await().atMost(SOON)
                        .until(() -> archiver.status().trouble().orElse("").contains(kind.name()));
                assertThat(archiver.status().state()).isEqualTo(State.WAITING_FOR_STORE);
            }
            assertThat(archive.store.refused()).isGreaterThanOrEqualTo(TROUBLES.size());
            await().atMost(SOON).until(() -> archiver.status().alarm().isPresent());
            assertThat(archiver.status().alarm().orElseThrow()).contains("more than 16777216");
            assertThat(source.kept(SETTINGS.slot())).isEqualTo(before);
            archive.store.mend();
            awaitArchived(archiver, end);
            await().atMost(SOON).until(() -> archiver.status().alarm().isEmpty());
            assertThat(archiver.status().state()).isEqualTo(State.STREAMING);
            assertThat(archiver.status().trouble()).isEmpty();
        }
        assertThat(archive.reach().gap()).isEmpty();
    }

    @Test
    void gap_isFoundAndNamed_andLeftOnlyWhenToldSo() throws Exception {
        try (WalArchiver archiver = start(SETTINGS)) {
            awaitStreaming(archiver);
            awaitArchived(archiver, source.endSegment());
        }
        source.execute("SELECT pg_drop_replication_slot('" + SETTINGS.slot() + "')");
        source.endSegment();
        source.execute("CHECKPOINT");
        Lsn archived = archive.reach().until();
        try (WalArchiver archiver = start(SETTINGS)) {
            ArchiverEnd end = archiver.ended().get(30, TimeUnit.SECONDS);
            assertThat(end.reason()).isEqualTo(Reason.GAP);
            assertThat(end.message()).contains("ends at " + archived, "from " + source.kept(SETTINGS.slot()) + " on");
            assertThat(archiver.status().end()).contains(end);
        }
        try (WalArchiver archiver = start(SETTINGS.with(OnGap.BEGIN_ANEW))) {
            awaitStreaming(archiver);
            awaitArchived(archiver, source.endSegment());
        }
        WalGaps.Gap gap = archive.reach().gap().orElseThrow();
        assertThat(gap.from()).isEqualTo(archived);
        assertThat(gap.missing()).isEqualTo(source.query("SELECT pg_walfile_name('" + archived.plus(1) + "')"));
        archive.assertSameAs(source.pgWal());
    }

    @Test
    void archiveWhosePieceIsNoLog_isNotAddedTo() throws Exception {
        try (WalArchiver archiver = start(SETTINGS)) {
            awaitStreaming(archiver);
            awaitArchived(archiver, source.endSegment());
        }
        source.execute("SELECT pg_logical_emit_message(true, 'test', 'begins a segment')");
        SegmentSize size = SegmentSize.USUAL;
        String next = new WalSegment(1, size.numberOf(archive.reach().until())).name(size);
        archive.wal.put(new WalPiece(next, 0, 4).name(), new ByteArrayInputStream(new byte[] {1, 2, 3, 4}));
        assertThat(endOf(start(SETTINGS)).reason()).isEqualTo(Reason.REPOSITORY_UNUSABLE);
    }

    @Test
    void archiveOfAnotherCluster_isNotAddedTo() throws Exception {
        byte[] foreign = FakeSegments.segment(4711, 1, SegmentSize.USUAL);
        archive.wal.put(Pieces.segment(1, 1), new ByteArrayInputStream(foreign));
        ArchiverEnd end = endOf(start(SETTINGS));
        assertThat(end.reason()).isEqualTo(Reason.FOREIGN_SERVER);
        assertThat(end.message()).contains("4711", source.query("SELECT system_identifier FROM pg_control_system()"));
    }

    @Test
    void serverLeftBehindByAPromotion_isNotArchived() throws Exception {
        long system = Long.parseLong(source.query("SELECT system_identifier FROM pg_control_system()"));
        archive.wal.put(
                Pieces.segment(2, 1), new ByteArrayInputStream(FakeSegments.segment(system, 1, SegmentSize.USUAL)));
        assertThat(endOf(start(SETTINGS)).reason()).isEqualTo(Reason.STALE_SERVER);
    }

    private static ArchiverEnd endOf(WalArchiver started) throws Exception {
        try (WalArchiver archiver = started) {
            return archiver.ended().get(30, TimeUnit.SECONDS);
        }
    }

    private WalArchiver start(ArchiverSettings settings) {
        return WalArchiver.start(source.database(), archive.wal, settings, () -> true, InstantSource.system());
    }

    private static void awaitStreaming(WalArchiver archiver) {
        await().atMost(SOON).until(() -> archiver.status().state() == State.STREAMING);
    }

    private static void awaitArchived(WalArchiver archiver, Lsn position) {
        await().atMost(SOON)
                .until(() -> archiver.status()
                        .archived()
                        .filter(archived -> archived.compareTo(position) >= 0)
                        .isPresent());
    }
}
