package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects as files in a directory, on a file system with hard links. What is committed is durable: the file, its name and
 * the folders above it. Files are for their owner only. Any number of processes may use the directory.
 */
public final class DirectoryStore implements ObjectStore {
    private static final Logger log = LoggerFactory.getLogger(DirectoryStore.class);
    /** Since the last write to it: what is still written is younger. */
    private static final Duration LEFT_OVER_AFTER = Duration.ofDays(1);

    private static final int NAME_BYTES = 8;
    /** Between making a folder and a file in it, another process may remove the folder, because it is empty. */
    private static final int FOLDER_ATTEMPTS_MAX = 10;

    private static final String TEMPORARY_PREFIX = ".";
    private static final String TEMPORARY_SUFFIX = ".tmp";
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path root;
    private final SecureRandom random = new SecureRandom();

    private DirectoryStore(Path root) {
        this.root = root;
    }

    /**
     * Opens the store in this directory, and makes the directory when it is not there. Temporary files that nobody wrote to
     * for a day are removed.
     *
     * @throws StoreTrouble READ_ONLY, DENIED, FULL or FAILED when it is not there and cannot be made, or cannot be read
     */
    public static DirectoryStore open(Path directory, InstantSource clock) throws StoreTrouble {
        Path root = directory.toAbsolutePath().normalize();
        try {
            Folders.make(root);
        } catch (FileAlreadyExistsException e) {
            throw new StoreTrouble(
                    Kind.FAILED,
                    "The directory " + root + " cannot be made, because " + e.getFile()
                            + " is a file: name another directory",
                    e);
        } catch (IOException e) {
            throw FileTrouble.of("The directory " + root + " cannot be made", folderOf(root), e);
        }
        DirectoryStore store = new DirectoryStore(root);
        store.sweep(clock.instant().minus(LEFT_OVER_AFTER));
        return store;
    }

    @Override
    public ObjectWriter create(String key) throws StoreTrouble {
        Path target = path(key);
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(key, new FileAlreadyExistsException(target.toString()));
        }
        byte[] name = new byte[NAME_BYTES];
        random.nextBytes(name);
        Path temporary = target.resolveSibling(
                TEMPORARY_PREFIX + target.getFileName() + "." + HexFormat.of().formatHex(name) + TEMPORARY_SUFFIX);
        try {
            return new DirectoryWriter(root, key, temporary, target, openTemporary(temporary));
        } catch (IOException e) {
            throw FileTrouble.of("The object " + key + " cannot be written", root, e);
        }
    }

    private FileChannel openTemporary(Path temporary) throws IOException {
        Set<StandardOpenOption> asNew = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        for (int attempt = 1; ; attempt++) {
            Folders.make(folderOf(temporary));
            try {
                return FileChannel.open(temporary, asNew, OWNER_ONLY);
            } catch (NoSuchFileException e) {
                if (attempt == FOLDER_ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    @Override
    public InputStream open(String key) throws StoreTrouble {
        Path file = path(key);
        try {
            if (Files.isDirectory(file)) {
                throw new NoSuchFileException(file.toString());
            }
            return new Reading(key, Files.newInputStream(file));
        } catch (NoSuchFileException e) {
            throw new StoreTrouble(Kind.MISSING, "There is no object " + key + " in " + describe(), e);
        } catch (IOException e) {
            throw unreadable(key, e);
        }
    }

    @Override
    public Optional<Stored> stat(String key) throws StoreTrouble {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path(key), BasicFileAttributes.class);
            return attributes.isRegularFile() ? Optional.of(new Stored(key, attributes.size())) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(key, e);
        }
    }

    @Override
    public List<Stored> list(String prefix) throws StoreTrouble {
        ObjectKeys.requirePrefix(prefix);
        Path folder = root.resolve(prefix.substring(0, prefix.lastIndexOf('/') + 1));
        List<Stored> found = new ArrayList<>();
        walk(folder, (file, attributes) -> {
            String key = root.relativize(file).toString();
            if (key.startsWith(prefix) && !isHidden(file)) {
                found.add(new Stored(key, attributes.size()));
            }
        });
        found.sort(Comparator.comparing(Stored::key));
        return found;
    }

    @Override
    public void delete(String key) throws StoreTrouble {
        Path file = path(key);
        try {
            if (Files.isRegularFile(file) && Files.deleteIfExists(file)) {
                Folders.sync(folderOf(file));
                Folders.removeEmpty(folderOf(file), root);
            }
        } catch (IOException e) {
            throw FileTrouble.of("The object " + key + " cannot be deleted", root, e);
        }
    }

    @Override
    public String describe() {
        return "the directory " + root;
    }

    @Override
    public void close() {}

    static StoreTrouble exists(String key, IOException cause) {
        return new StoreTrouble(
                Kind.EXISTS, "There is an object " + key + " already, and objects are never overwritten", cause);
    }

    static Path folderOf(Path file) {
        return Objects.requireNonNullElse(file.getParent(), file);
    }

    private Path path(String key) {
        return root.resolve(ObjectKeys.require(key));
    }

    private StoreTrouble unreadable(String key, IOException e) {
        return FileTrouble.of("The object " + key + " cannot be read", root, e);
    }

    private static boolean isHidden(Path file) {
        return String.valueOf(file.getFileName()).startsWith(TEMPORARY_PREFIX);
    }

    /** What cannot be removed stays: a store that can only be read can still be opened. */
    private void sweep(Instant before) throws StoreTrouble {
        walk(root, (file, attributes) -> {
            boolean temporary = isHidden(file) && file.toString().endsWith(TEMPORARY_SUFFIX);
            if (temporary && attributes.lastModifiedTime().toInstant().isBefore(before)) {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    log.warn("The temporary file {} of a writer that is gone stays: {}", file, e.toString());
                }
            }
        });
    }

    private interface Visit {
        void file(Path file, BasicFileAttributes attributes);
    }

    private void walk(Path folder, Visit visit) throws StoreTrouble {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        visit.file(file, attributes);
                    }
                    return FileVisitResult.CONTINUE;
                }

                // Other threads and processes delete meanwhile.
                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }
            });
        } catch (IOException e) {
            throw FileTrouble.of("The objects in " + root + " cannot be listed", root, e);
        }
    }

    /** Names the object when reading it fails. */
    private final class Reading extends FilterInputStream {
        private final String key;

        Reading(String key, InputStream in) {
            super(in);
            this.key = key;
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                throw unreadable(key, e);
            }
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            try {
                return super.read(into, offset, length);
            } catch (IOException e) {
                throw unreadable(key, e);
            }
        }
    }
}
