package io.bulwark.persistence.scratch;

import io.bulwark.persistence.embedded.ChildServer;
import io.bulwark.persistence.embedded.DirectoryLock;
import io.bulwark.persistence.embedded.EmbeddedPostgresException;
import io.bulwark.persistence.embedded.Trees;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of one scratch server, {@code scratch-…} with {@code data}, {@code wal} and {@code tablespaces} in it, locked
 * by its owner for as long as that lives: what a dead owner left is removed by the next one.
 */
final class ScratchFolder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ScratchFolder.class);
    private static final String PREFIX = "scratch-";
    private static final String KEPT = "kept";
    private static final int ATTEMPTS = 10;
    /** This process's own: to try a lock that is held here would give it back to other processes. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final DirectoryLock lock;
    private final boolean keep;

    private ScratchFolder(Path path, DirectoryLock lock, boolean keep) {
        this.path = path;
        this.lock = lock;
        this.keep = keep;
    }

    /**
     * Makes one.
     *
     * @param keep whether it is to be left when it is closed, also by others
     */
    static ScratchFolder make(Path above, RandomGenerator random, boolean keep) throws IOException {
        Path real = Files.createDirectories(above).toRealPath();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<ScratchFolder> made =
                    tryMake(real.resolve(PREFIX + HexFormat.of().toHexDigits(random.nextLong())), keep);
            if (made.isPresent()) {
                return made.get();
            }
        }
        throw new ScratchException("No folder for a scratch server can be made in " + above
                + ": others remove it at once; look who works there");
    }

    /** Empty when another one that removes leftovers took it for one. */
    private static Optional<ScratchFolder> tryMake(Path path, boolean keep) throws IOException {
        OWN.add(path);
        try {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Optional<DirectoryLock> lock = DirectoryLock.tryTake(path);
            if (lock.isPresent() && Files.exists(path.resolve("lock"))) {
                if (keep) {
                    Files.createFile(path.resolve(KEPT));
                }
                return Optional.of(new ScratchFolder(path, lock.get(), keep));
            }
        } catch (NoSuchFileException | FileAlreadyExistsException taken) {
            log.debug("{} is somebody else's: another one is made", path);
        }
        OWN.remove(path);
        return Optional.empty();
    }

    /** Before anything is made in it. */
    static void check(Path above) throws ScratchException {
        if (Files.exists(above) && !Files.isDirectory(above)) {
            throw new ScratchException(above + " is a file: expected a folder for scratch servers, or none yet");
        }
    }

    /** Removes the folders whose owners are dead, and ends the servers that they left running. */
    static void removeLeftovers(Path above) throws IOException, InterruptedException {
        if (!Files.isDirectory(above)) {
            return;
        }
        try (var folders = Files.newDirectoryStream(above.toRealPath(), PREFIX + "*")) {
            for (Path folder : folders) {
                if (!OWN.contains(folder) && Files.isDirectory(folder) && !Files.exists(folder.resolve(KEPT))) {
                    removeIfLeft(folder);
                }
            }
        }
    }

    private static void removeIfLeft(Path folder) throws IOException, InterruptedException {
        try {
            Optional<DirectoryLock> lock = DirectoryLock.tryTake(folder);
            if (lock.isPresent()) {
                try (DirectoryLock _ = lock.get()) {
                    log.info("Removing {}, which a process that died left", folder);
                    ChildServer.endLeftOver(folder.resolve("data"));
                    Trees.delete(folder);
                }
            }
        } catch (NoSuchFileException gone) {
            log.debug("{} was removed by somebody else", folder);
        } catch (IOException | EmbeddedPostgresException failure) {
            log.warn("{}, which a process that died left, cannot be removed: {}", folder, failure.toString());
        }
    }

    Path data() {
        return path.resolve("data");
    }

    Path wal() {
        return path.resolve("wal");
    }

    Path tablespaces() {
        return path.resolve("tablespaces");
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            if (!keep) {
                Trees.delete(path);
            }
        } finally {
            OWN.remove(path);
        }
    }
}
