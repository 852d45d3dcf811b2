package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a data directory from any backup of a chain, on which a server of the same major version can be started.
 *
 * <p>A full backup is unpacked, each later one over it, all while streaming. Until everything was checked and is on disk
 * the directory has no control file, so that nobody starts half a server. The started server goes on on a timeline of its
 * own, and its next backup will be a full one.
 */
public final class Restore {
    private static final Logger log = LoggerFactory.getLogger(Restore.class);

    private static final String LABEL = "backup_label";
    private static final String SETTINGS = "postgresql.auto.conf";
    private static final String SIGNAL = "recovery.signal";

    private final Repository repository;
    private final RandomGenerator random;

    /** @param random for the mark by which a restored server is told from the one that was backed up */
    public Restore(Repository repository, RandomGenerator random) {
        this.repository = repository;
        this.random = random;
    }

    /**
     * Says what would be read, after the same checks; reads no backup and writes nothing.
     *
     * @throws RestoreException as {@link #restore}, as far as that can be known
     */
    public RestorePlan dryRun(RestoreRequest request) throws IOException {
        RestorePlan plan = RestorePlan.of(chain(request.backupId()));
        Backup wanted = plan.chain().getLast();
        checkParts(plan.chain());
        checkRecovery(wanted, request);
        checkTablespaces(plan.chain(), request);
        layout(request).checkEmpty();
        return plan;
    }

    /**
     * Restores. What was written is removed again when it fails.
     *
     * @param progress bytes of the backups read, of {@link RestorePlan#plainBytes}
     * @throws RestoreException when there is no such backup, one that it builds on is missing or damaged, the target is not
     *     empty, the wanted point is before the end of the backup, or there is no WAL to get there
     * @throws StoreTrouble when the repository cannot be read, or finds what is stored damaged
     * @throws InterruptedIOException when the thread was interrupted
     */
    public Restored restore(RestoreRequest request, Progress progress) throws IOException {
        RestorePlan plan = dryRun(request);
        Layout layout = layout(request);
        checkSpace(plan.chain().getFirst(), request);
        layout.prepare();
        boolean whole = false;
        try {
            Restored restored = write(plan, request, layout, progress);
            whole = true;
            return restored;
        } catch (IOException failure) {
            throw told(failure, request);
        } finally {
            if (!whole) {
                clear(layout);
            }
        }
    }

    private static IOException told(IOException failure, RestoreRequest request) {
        if (Thread.currentThread().isInterrupted()) {
            InterruptedIOException told =
                    new InterruptedIOException("The restore was interrupted: nothing of it is kept");
            told.initCause(failure);
            return told;
        }
        return switch (failure) {
            case RestoreException sentence -> sentence;
            case StoreTrouble trouble -> trouble;
            default ->
                new RestoreException(
                        "The backup " + request.backupId() + " cannot be restored to " + request.target() + ": "
                                + failure.getMessage() + "; what was written is removed again",
                        failure);
        };
    }

    /** A removal that fails must not hide why it was needed. */
    private static void clear(Layout layout) {
        boolean interrupted = Thread.interrupted();
        try {
            layout.clear();
        } catch (IOException left) {
            log.warn(
                    "Not everything of the broken-off restore in {} could be removed: {}",
                    layout.data(),
                    left.toString());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Restored write(RestorePlan plan, RestoreRequest request, Layout layout, Progress progress)
            throws IOException {
        Backup wanted = plan.chain().getLast();
        Meter meter = new Meter(progress, plan.plainBytes());
        Manifest manifest = null;
        for (Backup backup : plan.chain()) {
            manifest = manifest(backup, meter);
            new Unpacking(repository, backup, manifest, layout, meter, backup.equals(wanted)).run();
        }
        meter.tell();
        if (manifest == null) {
            throw new IllegalStateException("A chain has at least one backup");
        }
        long bytes = new Verification(layout, manifest, wanted).run();
        configure(layout, request);
        force(layout);
        layout.finish();
        forcePath(layout.data().resolve("global"));
        return new Restored(wanted, layout.data(), manifest.files().size(), bytes);
    }

    private Manifest manifest(Backup backup, Meter meter) throws IOException {
        try (InputStream content = meter.counting(repository.read(backup, BaseBackup.MANIFEST))) {
            return Manifest.read(content, backup.id());
        }
    }

    private void configure(Layout layout, RestoreRequest request) throws IOException {
        Path label = layout.data().resolve(LABEL);
        Files.writeString(label, RecoverySettings.wholeLabel(Files.readString(label)));
        Path settings = layout.data().resolve(SETTINGS);
        String before = Files.exists(settings) ? Files.readString(settings) : "";
        String lineage = HexFormat.of().toHexDigits(random.nextLong());
        String rewritten = RecoverySettings.rewrite(before, request.recovery(), request.settings(), lineage);
        if (!Files.exists(settings)) {
            Files.createFile(settings, Layout.FILE);
        }
        Files.writeString(settings, rewritten);
        Files.createFile(layout.data().resolve(SIGNAL), Layout.FILE);
        Files.deleteIfExists(layout.data().resolve("standby.signal"));
    }

    /** The files of the manifest are on disk already. */
    private static void force(Layout layout) throws IOException {
        List<Path> files =
                new ArrayList<>(Contents.of(layout.data().resolve(Layout.WAL)).files());
        for (String edited : List.of(LABEL, SETTINGS, SIGNAL)) {
            files.add(layout.data().resolve(edited));
        }
        for (Path file : files) {
            forcePath(file);
        }
        forceDirectories(layout.data());
        if (layout.tablespaces().isPresent()) {
            forceDirectories(layout.tablespaces().get());
        }
    }

    private static void forceDirectories(Path root) throws IOException {
        for (Path directory : Contents.of(root).directories()) {
            forcePath(directory);
        }
        forcePath(root);
        Path above = root.getParent();
        if (above != null) {
            forcePath(above);
        }
    }

    private static void forcePath(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private List<Backup> chain(String id) throws IOException {
        Repository.Listing listing = repository.listing();
        StoreTrouble unreadable = listing.unreadable().get(id);
        if (unreadable != null) {
            throw unreadable;
        }
        Optional<Backup> wanted = listing.backups().stream()
                .filter(backup -> backup.id().equals(id))
                .findFirst();
        if (wanted.isEmpty()) {
            List<String> newest = listing.backups().reversed().stream()
                    .limit(3)
                    .map(Backup::id)
                    .toList();
            throw new RestoreException("The repository has no backup " + id + ": "
                    + (newest.isEmpty() ? "it has none" : "the newest are " + String.join(", ", newest)));
        }
        return Chain.of(wanted.get(), listing.backups());
    }

    private static void checkParts(List<Backup> chain) throws RestoreException {
        for (Backup backup : chain) {
            for (String part : List.of("base.tar", BaseBackup.MANIFEST)) {
                if (backup.part(part).isEmpty()) {
                    throw new RestoreException("The backup " + backup.id() + " has no part " + part
                            + ": it is not a base backup of PostgreSQL");
                }
            }
        }
    }

    private static void checkRecovery(Backup wanted, RestoreRequest request) throws RestoreException {
        if (request.recovery().isEmpty()) {
            if (!BackupTags.hasWal(wanted)) {
                throw new RestoreException("The backup " + wanted.id() + " was taken without its WAL: give a restore"
                        + " command that fetches WAL from the archive");
            }
            return;
        }
        String tooEarly = tooEarly(wanted, request.recovery().get().point());
        if (!tooEarly.isEmpty()) {
            throw new RestoreException("The backup " + wanted.id() + " ended at " + tooEarly
                    + ": take an earlier backup, from which WAL leads to the point that is wanted");
        }
    }

    /** The end of the backup when the point is before it, because no server can go back; empty when it is not. */
    private static String tooEarly(Backup wanted, PointInTime point) {
        return switch (point) {
            case PointInTime.End() -> "";
            case PointInTime.NamedPoint named -> "";
            case PointInTime.At(Instant time) ->
                time.isBefore(wanted.end().endedAt().truncatedTo(ChronoUnit.MICROS))
                        ? wanted.end().endedAt() + ", and " + time + " is before that"
                        : "";
            case PointInTime.Lsn(LogSequenceNumber position) ->
                position.compareTo(LogSequenceNumber.valueOf(wanted.end().endLsn())) < 0
                        ? wanted.end().endLsn() + ", and " + position.asString() + " is before that"
                        : "";
        };
    }

    private static void checkTablespaces(List<Backup> chain, RestoreRequest request) throws RestoreException {
        if (request.tablespaces().isPresent()) {
            return;
        }
        for (Backup backup : chain) {
            for (Backup.Part part : RestorePlan.tars(backup)) {
                String oid = RestorePlan.oid(part);
                if (!oid.isEmpty()) {
                    throw new RestoreException("The backup " + backup.id() + " has the tablespace " + oid + " ("
                            + BackupTags.location(backup, oid)
                            + " on the server): give a folder that gets a directory for each tablespace");
                }
            }
        }
    }

    /** The full backup has to fit at least; what a volume says of itself is not more than a hint. */
    private static void checkSpace(Backup full, RestoreRequest request) throws IOException {
        Path existing = request.target().toAbsolutePath().normalize();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        long needed = full.part("base.tar").map(Backup.Part::plainBytes).orElse(0L);
        long free = Files.getFileStore(existing).getUsableSpace();
        if (free < needed) {
            throw new RestoreException("There are " + (free >> 20) + " MiB free in " + existing + ": the backup "
                    + full.id() + " alone needs " + (needed >> 20) + " MiB");
        }
    }

    private static Layout layout(RestoreRequest request) throws RestoreException {
        Layout layout = new Layout(request.target(), request.tablespaces());
        if (layout.tablespaces().isPresent()) {
            Path folder = layout.tablespaces().get();
            if (folder.startsWith(layout.data()) || layout.data().startsWith(folder)) {
                throw new RestoreException("The folder for tablespaces " + folder + " and the data directory "
                        + layout.data() + " are in each other: expected two separate directories");
            }
        }
        return layout;
    }
}
