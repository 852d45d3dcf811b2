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
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a data directory from any backup of a chain, on which a server of the same major version can be started.
 *
 * <p>A full backup is unpacked, each later one over it, all while streaming; one that broke off can go on
 * ({@link RestoreRequest#resumed}). Until everything was checked and is on disk the directory has no control file, so that
 * nobody starts half a server. The started server goes on on a timeline of its own, and its next backup will be a full one.
 */
public final class Restore {
    private static final Logger log = LoggerFactory.getLogger(Restore.class);

    private static final String LABEL = "backup_label";
    private static final String SETTINGS = "postgresql.auto.conf";
    private static final String SIGNAL = "recovery.signal";
    /** What gets another content than the backup's, or is added. */
    private static final List<String> EDITED = List.of(LABEL, SETTINGS, SIGNAL);

    private final Repository repository;
    private final RandomGenerator random;

    /** @param random for the mark by which a restored server is told from the one that was backed up */
    public Restore(Repository repository, RandomGenerator random) {
        this.repository = repository;
        this.random = random;
    }

    /** What belongs to a restore and is done before a server can be started on it, such as fetching its WAL. */
    @FunctionalInterface
    public interface LastStep {
        /** Done again when the restore goes on after it failed. */
        void run() throws IOException;
    }

    /**
     * Says what would be read, after the same checks; reads no backup and writes nothing.
     *
     * @throws RestoreException as {@link #restore}, as far as that can be known
     */
    public RestorePlan dryRun(RestoreRequest request) throws IOException {
        List<Backup> chain = RestoreChecks.chain(repository, request);
        Layout layout = RestoreChecks.layout(request);
        if (goesOn(request, layout)) {
            return RestorePlan.of(chain, RestoreJournal.recordedIn(layout.data(), identity(chain, request)));
        }
        layout.checkEmpty();
        return RestorePlan.of(chain, Recorded.NOTHING);
    }

    /** Whether this is the name that a file has in the target until the restore is whole. */
    static boolean isEdited(String name) {
        return EDITED.stream().anyMatch(edited -> name.equals(edited + Layout.UNFINISHED));
    }

    /** The id of the backup of which an unfinished restore is in a data directory; empty when none is. */
    public static Optional<String> unfinishedIn(Path data) throws IOException {
        return RestoreJournal.backupIn(data.toAbsolutePath().normalize());
    }

    /**
     * Restores, as {@link #restore(RestoreRequest, Progress, LastStep)} with nothing to do at the end.
     *
     * @throws RestoreException as that
     */
    public Restored restore(RestoreRequest request, Progress progress) throws IOException {
        return restore(request, progress, () -> {});
    }

    /**
     * Restores. What was written is removed again when it fails, unless the request is to be resumed, or all was restored
     * and only the last step failed.
     *
     * @param progress bytes of the backups read, of {@link RestorePlan#plainBytes}
     * @throws RestoreException when there is no such backup, one that it builds on is missing or damaged, the target is not
     *     empty, the wanted point is before the end of the backup, or there is no WAL to get there; of one that goes on,
     *     when it is another restore than the one that broke off, or somebody changed what that one left
     * @throws StoreTrouble when the repository cannot be read, or finds what is stored damaged
     * @throws InterruptedIOException when the thread was interrupted
     */
    public Restored restore(RestoreRequest request, Progress progress, LastStep last) throws IOException {
        List<Backup> chain = RestoreChecks.chain(repository, request);
        Layout layout = RestoreChecks.layout(request);
        boolean goesOn = goesOn(request, layout);
        if (!goesOn) {
            layout.checkEmpty();
        }
        RestoreChecks.checkSpace(chain.getFirst(), layout);
        if (!goesOn) {
            layout.prepare();
        }
        RestoreJournal journal = journal(goesOn, chain, request, layout);
        boolean kept = request.resume();
        try (journal;
                Settling settling = new Settling()) {
            RestorePlan plan = RestorePlan.of(chain, journal.recorded());
            Meter meter = new Meter(progress, plan.plainBytes());
            Site site = Site.of(repository, layout, journal, settling, meter);
            Restored restored = write(chain, request, site);
            kept = true;
            finish(site, last);
            return restored;
        } catch (IOException failure) {
            throw told(failure, request);
        } finally {
            if (!kept) {
                clear(layout);
            }
        }
    }

    private static boolean goesOn(RestoreRequest request, Layout layout) {
        return request.resume() && RestoreJournal.isIn(layout.data());
    }

    private static RestoreJournal journal(boolean goesOn, List<Backup> chain, RestoreRequest request, Layout layout)
            throws IOException {
        RestoreJournal.Identity identity = identity(chain, request);
        return goesOn ? RestoreJournal.resume(layout.data(), identity) : RestoreJournal.begin(layout.data(), identity);
    }

    private static RestoreJournal.Identity identity(List<Backup> chain, RestoreRequest request) {
        return RestoreJournal.Identity.of(chain, request);
    }

    private static IOException told(IOException failure, RestoreRequest request) {
        String left =
                request.resume() ? "what was restored is kept, to go on with it" : "what was written is removed again";
        if (Thread.currentThread().isInterrupted()) {
            InterruptedIOException told = new InterruptedIOException("The restore was interrupted: " + left);
            told.initCause(failure);
            return told;
        }
        return switch (failure) {
            case RestoreException sentence -> sentence;
            case StoreTrouble trouble -> trouble;
            default ->
                new RestoreException(
                        "The backup " + request.backupId() + " cannot be restored to " + request.target() + ": "
                                + failure.getMessage() + "; " + left,
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

    private Restored write(List<Backup> chain, RestoreRequest request, Site site) throws IOException {
        Recorded before = site.journal().recorded();
        Backup wanted = chain.getLast();
        Manifest manifest = before.finishing() ? manifest(wanted, site.meter()) : unpack(chain, before, site);
        site.meter().tell();
        long bytes;
        if (before.finishing()) {
            bytes = manifest.bytes();
        } else {
            bytes = new Verification(site, manifest, wanted).run();
            configure(site.layout(), request);
        }
        return new Restored(wanted, site.layout().data(), manifest.files().size(), bytes);
    }

    /** @return the manifest of the last one */
    private Manifest unpack(List<Backup> chain, Recorded before, Site site) throws IOException {
        int next = before.backups();
        Manifest earlier = Manifest.EMPTY;
        Manifest manifest = Manifest.EMPTY;
        for (int i = Math.max(0, next - 1); i < chain.size(); i++) {
            Backup backup = chain.get(i);
            earlier = manifest;
            manifest = manifest(backup, site.meter());
            boolean last = i == chain.size() - 1;
            if (i == next || (last && next == chain.size())) {
                new Leftovers(site.layout(), before).check(i == next ? earlier : manifest, manifest);
            }
            if (i >= next) {
                Recorded there = i == next ? before : Recorded.NOTHING;
                new Unpacking(site, new Unpacking.Step(backup, manifest, last, there)).run();
            }
        }
        return manifest;
    }

    private Manifest manifest(Backup backup, Meter meter) throws IOException {
        try (InputStream content = meter.counting(repository.read(backup, BaseBackup.MANIFEST))) {
            return Manifest.read(content, backup.id());
        }
    }

    /** Under other names at first: what was unpacked stays as it is until nothing can go wrong any more. */
    private void configure(Layout layout, RestoreRequest request) throws IOException {
        put(
                layout,
                LABEL,
                RecoverySettings.wholeLabel(Files.readString(layout.data().resolve(LABEL))));
        Path settings = layout.data().resolve(SETTINGS);
        String before = Files.exists(settings) ? Files.readString(settings) : "";
        String lineage = HexFormat.of().toHexDigits(random.nextLong());
        put(layout, SETTINGS, RecoverySettings.rewrite(before, request.recovery(), request.settings(), lineage));
        put(layout, SIGNAL, "");
    }

    private static void put(Layout layout, String name, String content) throws IOException {
        Path path = layout.unfinished(name);
        Files.deleteIfExists(path);
        Files.createFile(path, Layout.FILE);
        Files.writeString(path, content);
        forcePath(path);
    }

    private static void finish(Site site, LastStep last) throws IOException {
        Layout layout = site.layout();
        if (!site.journal().recorded().finishing()) {
            last.run();
            force(layout);
            site.journal().finishing();
        }
        layout.nameEdited(EDITED);
        forcePath(layout.data());
        layout.nameControlFile();
        forcePath(layout.data().resolve("global"));
        site.journal().end();
    }

    /** The files are on disk already. */
    private static void force(Layout layout) throws IOException {
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
}
