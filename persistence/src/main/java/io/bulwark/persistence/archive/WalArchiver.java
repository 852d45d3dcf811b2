package io.bulwark.persistence.archive;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.repository.WalStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives the write-ahead log of one PostgreSQL server, as a standby that stores it instead of replaying it.
 *
 * <p>The log goes into the archive in the server's own files (segments), each once and whole. Of a segment that is not whole
 * yet the archive may hold pieces, {@code <segment>.partial/<from>-<to>} (offsets, eight hexadecimal digits), so that no
 * store has to append; every {@value BegunSegment#RUN}th piece covers those before it, and when the segment is whole they
 * are removed. The server is told a position only when the archive holds everything up to it; the slot makes the server
 * keep the rest. So neither a crash of the archiver nor one of the server leaves a gap, and what is received twice is held
 * against what is stored.
 *
 * <p>Connections are made again when the server was away, trouble with the store is waited out without acknowledging; both
 * are shown by {@link #status}. What cannot be mended by waiting ends the archiver with a reason.
 *
 * <p>The user needs the attribute REPLICATION and may make slots; to see whether commits wait for it, it needs
 * {@code pg_monitor} or to be the same user.
 */
public final class WalArchiver implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WalArchiver.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    private final ArchiverSettings settings;
    private final ArchiveParts parts;
    private final ArchiveLoop loop;
    private final CompletableFuture<ArchiverEnd> ended = new CompletableFuture<>();
    private final Thread archiver = Thread.ofVirtual().name("bulwark-archiver").unstarted(this::archive);
    private final Thread watcher =
            Thread.ofVirtual().name("bulwark-archiver-watch").unstarted(this::watch);

    private WalArchiver(Database database, ArchiverSettings settings, ArchiveParts parts) {
        this.settings = settings;
        this.parts = parts;
        this.loop = new ArchiveLoop(database, settings, parts);
    }

    /**
     * Starts to archive, and returns at once; the server may be away.
     *
     * @param stillLeads asked before each thing that is stored or acknowledged, so it must answer at once; after a false
     *     the archiver ends with {@link ArchiverEnd.Reason#FENCED}
     */
    public static WalArchiver start(
            Database database,
            WalStore archive,
            ArchiverSettings settings,
            BooleanSupplier stillLeads,
            InstantSource clock) {
        Fence fence = new Fence(stillLeads);
        StatusBoard board = new StatusBoard(settings.retainedBytesMax());
        Closing closing = new Closing();
        StoreHand store = new StoreHand(
                archive, fence, board, closing, settings.silenceMax().dividedBy(3));
        Slots slots = new Slots(database, settings.slot());
        WalArchiver started =
                new WalArchiver(database, settings, new ArchiveParts(store, slots, fence, board, closing, clock));
        started.archiver.start();
        started.watcher.start();
        return started;
    }

    /**
     * The server keeps no log for an archiver any more, for when there is to be none. What was not archived by then is
     * missing in the archive.
     *
     * @throws SQLException when the server does not answer, or the slot is in use
     */
    public static void dropSlot(Database database, ArchiverSettings settings) throws SQLException {
        Slots slots = new Slots(database, settings.slot());
        if (slots.find().isPresent()) {
            slots.drop();
        }
    }

    /** How it does now. */
    public ArchiverStatus status() {
        return parts.board().status();
    }

    /** Completes when the archiver has ended, with the reason. */
    public CompletableFuture<ArchiverEnd> ended() {
        return ended.copy();
    }

    /**
     * Ends it. What is being stored is waited for, at most 10 s; what is not acknowledged by then the server keeps, and the
     * next archiver receives it.
     */
    @Override
    public void close() {
        parts.closing().request();
        try {
            if (!archiver.join(CLOSE_WITHIN)) {
                archiver.interrupt();
            }
            watcher.join(CLOSE_WITHIN);
        } catch (InterruptedException interrupted) {
            archiver.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void archive() {
        ArchiverEnd end = loop.run();
        parts.board().ended(end);
        parts.store().close();
        parts.closing().request();
        switch (end.reason()) {
            case CLOSED -> log.info("The archiver has ended: {}", end.message());
            case FENCED -> log.warn("The archiver has ended: {}", end.message());
            case GAP, DIVERGED, STALE_SERVER, FOREIGN_SERVER, REPOSITORY_UNUSABLE, UNSUPPORTED, FAULT ->
                log.error("The archiver has ended ({}): {}", end.reason(), end.message());
        }
        ended.complete(end);
    }

    private void watch() {
        try {
            do {
                look();
            } while (!parts.closing().await(settings.watchEvery()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            Optional<String> before = status().alarm();
            parts.board().slot(parts.slots().find());
            parts.slots().timeline().ifPresent(parts.closing()::leaveFormerTimeline);
            status().alarm().filter(alarm -> before.isEmpty()).ifPresent(log::warn);
        } catch (SQLException away) {
            log.debug("The slot cannot be looked at", away);
            parts.board().slot(Optional.empty());
        }
    }
}
