package io.bulwark.persistence.backup;

import io.bulwark.persistence.backup.Recorded.Mark;
import io.bulwark.persistence.repository.Backup;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Keeps in the target what of a restore is whole, so that one that broke off can go on: a line for each file, directory,
 * part and backup, in a file that is there for as long as the restore lasts.
 *
 * <p>A file is told when it is on disk. The lines themselves are forced every {@value #FORCE_SECONDS} s and with each part:
 * a machine that loses power makes the next restore read what was told last again, and nothing else. Locked while it is
 * open, so that no two restores write to one target. Any number of threads may tell.
 */
final class RestoreJournal implements AutoCloseable {
    /** In the data directory. */
    static final String NAME = "bulwark.restoring";

    private static final int FORCE_SECONDS = 5;
    private static final long FORCE_NANOS = FORCE_SECONDS * 1_000_000_000L;
    private static final String TITLE = "Bulwark restores here, format 1";

    private final Path path;
    private final FileChannel file;
    private final Recorded recorded;
    private long forcedNanos = System.nanoTime();

    private RestoreJournal(Path path, FileChannel file, Recorded recorded) {
        this.path = path;
        this.file = file;
        this.recorded = recorded;
    }

    /**
     * What is restored: of two restores with the same, one can go on with what the other left.
     *
     * @param chain a hash of the backups that are read
     * @param request a hash of the settings, the point and the folder for tablespaces
     */
    record Identity(String backupId, String chain, String request) {
        static Identity of(List<Backup> chain, RestoreRequest request) {
            String backups =
                    chain.stream().map(backup -> backup.id() + backup.parts()).collect(Collectors.joining("\n"));
            return new Identity(
                    request.backupId(),
                    hash(backups),
                    hash(request.tablespaces() + "\n" + request.recovery() + "\n" + new TreeMap<>(request.settings())));
        }

        private static String hash(String text) {
            return HexFormat.of().formatHex(Hashing.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
        }

        private List<String> lines() {
            return List.of(TITLE, "backup " + backupId, "chain " + chain, "request " + request);
        }
    }

    static boolean isIn(Path data) {
        return Files.isRegularFile(data.resolve(NAME), LinkOption.NOFOLLOW_LINKS);
    }

    /** The id of the backup of which an unfinished restore is in this data directory; empty when none is. */
    static Optional<String> backupIn(Path data) throws IOException {
        if (!isIn(data)) {
            return Optional.empty();
        }
        String prefix = "backup ";
        List<String> lines =
                whole(Files.readAllBytes(data.resolve(NAME))).lines().limit(2).toList();
        return lines.size() == 2 && lines.get(1).startsWith(prefix)
                ? Optional.of(lines.get(1).substring(prefix.length()))
                : Optional.empty();
    }

    /** In a directory that is empty. */
    static RestoreJournal begin(Path data, Identity identity) throws IOException {
        Path path = data.resolve(NAME);
        FileChannel file = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                Layout.FILE);
        RestoreJournal journal = new RestoreJournal(path, file, Recorded.NOTHING);
        lock(file, path);
        for (String line : identity.lines()) {
            journal.write(line);
        }
        journal.force();
        return journal;
    }

    /**
     * What the one that is there tells, without opening it.
     *
     * @throws RestoreException when it is of another restore
     */
    static Recorded recordedIn(Path data, Identity identity) throws IOException {
        Path path = data.resolve(NAME);
        List<String> lines = whole(Files.readAllBytes(path)).lines().toList();
        check(path, identity, lines);
        return Recorded.of(lines.subList(identity.lines().size(), lines.size()));
    }

    /**
     * Opens the one that is there, to go on.
     *
     * @throws RestoreException when it is of another restore, or another restore is under way there
     */
    static RestoreJournal resume(Path data, Identity identity) throws IOException {
        Path path = data.resolve(NAME);
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(file, path);
            RestoreJournal journal = new RestoreJournal(path, file, recordedIn(data, identity));
            file.truncate(whole(Files.readAllBytes(path)).getBytes(StandardCharsets.UTF_8).length);
            file.position(file.size());
            return journal;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void check(Path path, Identity identity, List<String> lines) throws RestoreException {
        List<String> expected = identity.lines();
        if (lines.size() < expected.size() || !lines.getFirst().equals(TITLE)) {
            throw new RestoreException(path + " is not that of an unfinished restore which this release can go on with:"
                    + " restore into an empty directory");
        }
        if (!lines.get(1).equals(expected.get(1))) {
            throw new RestoreException("The unfinished restore in " + path.getParent() + " is of the "
                    + lines.get(1) + ", not of the " + expected.get(1)
                    + ": name that one, or restore into an empty directory");
        }
        if (!lines.get(2).equals(expected.get(2))) {
            throw new RestoreException(
                    "The backups from which " + path.getParent() + " was being restored are not those"
                            + " that the repository has now: restore into an empty directory");
        }
        if (!lines.get(3).equals(expected.get(3))) {
            throw new RestoreException("The unfinished restore in " + path.getParent()
                    + " was asked for with another point, other settings or another folder for tablespaces: ask for the"
                    + " same, or restore into an empty directory");
        }
    }

    /** What was told in earlier runs. */
    Recorded recorded() {
        return recorded;
    }

    /** The file is on disk as the backup at hand has it. */
    void file(String name, Mark mark) throws IOException {
        tell('+', mark.bytes() + " " + mark.modifiedNanos() + " " + encoded(name));
    }

    /** A directory, or a link to one, is there. */
    void directory(String name) throws IOException {
        tell('d', encoded(name));
    }

    /** The file is about to be changed: what it was before no longer counts. */
    void changing(String name) throws IOException {
        tell('~', encoded(name));
    }

    /** All of the part is on disk. */
    synchronized void part(String name) throws IOException {
        tell('p', encoded(name));
        force();
    }

    /** All of the backup is on disk, and nothing else is there. */
    synchronized void backup(String id) throws IOException {
        tell('b', encoded(id));
        force();
    }

    /** All is checked; what is left is to give some files their names. */
    synchronized void finishing() throws IOException {
        tell('f', "");
        force();
    }

    /** The restore is complete. */
    void end() throws IOException {
        close();
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private synchronized void tell(char what, String of) throws IOException {
        write(what + of);
        if (System.nanoTime() - forcedNanos > FORCE_NANOS) {
            force();
        }
    }

    private void write(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    private void force() throws IOException {
        file.force(true);
        forcedNanos = System.nanoTime();
    }

    /** Let go when the file is closed. */
    private static void lock(FileChannel file, Path path) throws IOException {
        boolean locked;
        try {
            locked = file.tryLock() != null;
        } catch (OverlappingFileLockException here) {
            locked = false;
        }
        if (!locked) {
            file.close();
            throw new RestoreException(
                    "Another restore is under way in " + path.getParent() + ": wait until it has ended");
        }
    }

    /** Up to the last line that ends: what follows was being written when the machine went down. */
    private static String whole(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    static String decoded(String name) {
        return URLDecoder.decode(name, StandardCharsets.UTF_8);
    }
}
