package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Puts one backup of a chain into the directories: a full one into empty ones, each later one over what is there. Parts of
 * the backup, of which there is one for each tablespace, are unpacked side by side.
 *
 * <p>What an earlier run has already put there is not written again, and parts of which it has put all are not read.
 * What the backup's manifest does not have is not left.
 */
final class Unpacking {
    /** Each decompresses on one thread and writes on another. */
    private static final int PARTS_AT_ONCE_MAX = 8;

    private final Site site;
    private final Step step;
    /** Of the manifest. */
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    /** Files, directories and links that stay. */
    private final Set<Path> kept = ConcurrentHashMap.newKeySet();

    /**
     * A backup's turn.
     *
     * @param last whether this is the backup that is wanted: only its WAL is needed
     * @param before what an earlier run has put there of it
     */
    record Step(Backup backup, Manifest manifest, boolean last, Recorded before) {}

    Unpacking(Site site, Step step) {
        this.site = site;
        this.step = step;
    }

    void run() throws IOException {
        keepWhatIsThere();
        List<Work> parts = new ArrayList<>();
        for (Backup.Part part : RestorePlan.tars(step.backup())) {
            if (!step.before().parts().contains(part.name())) {
                parts.add(() -> unpack(part));
            }
        }
        inParallel(parts);
        for (String path : step.manifest().files().keySet()) {
            boolean needed = step.last() || !Layout.isWal(path);
            if (needed && !seen.contains(path)) {
                throw new RestoreException("The backup " + step.backup().id() + " lists the file " + path
                        + " in its manifest and does not have it: the backup is damaged");
            }
        }
        removeOthers(site.layout().data());
        if (site.layout().tablespaces().isPresent()) {
            removeOthers(site.layout().tablespaces().get());
        }
        site.journal().backup(step.backup().id());
    }

    private void keepWhatIsThere() throws IOException {
        for (String entry : step.before().entries()) {
            seen.add(entry);
            kept.add(site.layout().entry(Unpacking.wholeName(entry)));
        }
        for (Backup.Part part : RestorePlan.tars(step.backup())) {
            String oid = RestorePlan.oid(part);
            if (!oid.isEmpty()) {
                kept.add(site.layout().directoryOf(oid));
            }
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void unpack(Backup.Part part) throws IOException {
        String oid = RestorePlan.oid(part);
        if (!oid.isEmpty()) {
            Files.createDirectories(site.layout().directoryOf(oid), Layout.DIRECTORY);
        }
        new Placing(site, step, seen, kept).unpack(part.name(), oid.isEmpty() ? "" : "pg_tblspc/" + oid + "/");
        site.settling().await();
        site.journal().part(part.name());
    }

    private static void inParallel(List<Work> parts) throws IOException {
        if (parts.size() == 1) {
            parts.getFirst().run();
            return;
        }
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, PARTS_AT_ONCE_MAX);
        try (ExecutorService unpackers = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("bulwark-unpacking-", 0).factory())) {
            List<Future<Boolean>> running = new ArrayList<>();
            for (Work part : parts) {
                running.add(unpackers.submit(() -> {
                    part.run();
                    return true;
                }));
            }
            try {
                for (Future<Boolean> part : running) {
                    part.get();
                }
            } catch (InterruptedException interrupted) {
                unpackers.shutdownNow();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("The restore was interrupted");
            } catch (ExecutionException failure) {
                unpackers.shutdownNow();
                throw failure.getCause() instanceof IOException trouble ? trouble : new IOException(failure.getCause());
            }
        }
    }

    /** What was dropped on the server since the earlier backup. */
    private void removeOthers(Path root) throws IOException {
        for (Path path : Contents.of(root).all().reversed()) {
            if (!kept.contains(path) && !site.layout().isJournal(path) && !hasKept(path)) {
                Files.delete(path);
            }
        }
    }

    private static boolean hasKept(Path path) throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            return entries.iterator().hasNext();
        }
    }

    /** Whether only the changed pages of the file are there. */
    static boolean isBlockFile(String name) {
        return name.startsWith(BlockFile.PREFIX, name.lastIndexOf('/') + 1);
    }

    /** The name that the file has on the server. */
    static String wholeName(String name) {
        return isBlockFile(name)
                ? name.substring(0, name.lastIndexOf('/') + 1)
                        + name.substring(name.lastIndexOf('/') + 1 + BlockFile.PREFIX.length())
                : name;
    }
}
