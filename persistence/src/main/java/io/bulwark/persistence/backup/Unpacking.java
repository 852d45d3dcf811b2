package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.Repository;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Puts one backup of a chain into the directories: a full one into empty ones, each later one over what is there.
 *
 * <p>Every file is held against the manifest of its own backup while it streams by, so that damage is found in the backup
 * that has it; what that manifest does not have is not left.
 */
final class Unpacking {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final Set<StandardOpenOption> ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    private static final Set<StandardOpenOption> OVER = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final Repository repository;
    private final Backup backup;
    private final Manifest manifest;
    private final Layout layout;
    private final Meter meter;
    private final boolean last;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    /** Of the manifest. */
    private final Set<String> seen = new HashSet<>();
    /** Files, directories and links that stay. */
    private final Set<Path> kept = new HashSet<>();

    /** @param last whether this is the backup that is wanted: only its WAL is needed */
    Unpacking(Repository repository, Backup backup, Manifest manifest, Layout layout, Meter meter, boolean last) {
        this.repository = repository;
        this.backup = backup;
        this.manifest = manifest;
        this.layout = layout;
        this.meter = meter;
        this.last = last;
    }

    void run() throws IOException {
        for (Backup.Part part : RestorePlan.tars(backup)) {
            String oid = RestorePlan.oid(part);
            if (oid.isEmpty()) {
                unpack(part.name(), "");
            } else {
                Path directory = layout.directoryOf(oid);
                makeDirectories(directory);
                kept.add(directory);
                unpack(part.name(), "pg_tblspc/" + oid + "/");
            }
        }
        for (String path : manifest.files().keySet()) {
            if (!seen.contains(path)) {
                throw new RestoreException("The backup " + backup.id() + " lists the file " + path
                        + " in its manifest and does not have it: the backup is damaged");
            }
        }
        removeOthers();
    }

    private void unpack(String part, String prefix) throws IOException {
        try (InputStream content = meter.counting(repository.read(backup, part));
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new BufferedInputStream(content, BUFFER_BYTES), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("The restore was interrupted: nothing of it is kept");
                }
                place(entry, tar, Layout.checked(prefix + entry.getName(), backup.id()), prefix.isEmpty());
            }
            drain(content);
        }
    }

    /** To the true end, where the repository notices that a part was cut off. */
    private void drain(InputStream content) throws IOException {
        while (content.read(buffer) >= 0) {
            // what follows the end of the archive is of no interest
        }
    }

    private void place(TarArchiveEntry entry, InputStream content, String name, boolean base) throws IOException {
        byte type = entry.getLinkFlag();
        Optional<String> tablespace = base ? Layout.tablespace(name) : Optional.empty();
        if (type == TarConstants.LF_SYMLINK && tablespace.isPresent()) {
            link(tablespace.get());
        } else if (base && name.startsWith("pg_tblspc/")) {
            throw new RestoreException("The backup " + backup.id() + " has '" + name
                    + "' in the data directory: expected only links to tablespaces there");
        } else if (type == TarConstants.LF_DIR) {
            makeDirectories(layout.place(name));
            kept.add(layout.place(name));
        } else if (type == TarConstants.LF_NORMAL || type == TarConstants.LF_OLDNORM) {
            if (Layout.isWal(name)) {
                wal(entry, content, name);
            } else {
                listed(entry, content, name);
            }
        } else {
            throw new RestoreException("The backup " + backup.id() + " has '" + name
                    + "', which is neither a file nor a directory nor a link to a tablespace: it is not restored");
        }
    }

    private void link(String oid) throws IOException {
        Path link = layout.link(oid);
        if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(link, layout.directoryOf(oid));
        }
        kept.add(link);
    }

    /** The manifest has at most marks of what was archived; the server checks each record of WAL when it replays it. */
    private void wal(TarArchiveEntry entry, InputStream content, String name) throws IOException {
        if (!last) {
            seen.add(name);
        } else if (manifest.file(name).isPresent()) {
            listed(entry, content, name);
        } else {
            write(content, entry.getSize(), layout.place(name));
            kept.add(layout.place(name));
        }
    }

    private void listed(TarArchiveEntry entry, InputStream content, String name) throws IOException {
        Manifest.Entry expected = manifest.file(name)
                .orElseThrow(() -> new RestoreException("The backup " + backup.id() + " has the file " + name
                        + ", which its manifest does not list: the backup is damaged"));
        DigestInputStream hashed = new DigestInputStream(content, Hashing.sha256());
        if (isBlockFile(name)) {
            patch(hashed, entry.getSize(), name);
        } else {
            write(hashed, entry.getSize(), layout.place(name));
            kept.add(layout.place(name));
        }
        check(name, expected, entry.getSize(), hashed.getMessageDigest());
        seen.add(name);
    }

    private void check(String name, Manifest.Entry expected, long bytes, MessageDigest digest) throws RestoreException {
        String sha256 = HexFormat.of().formatHex(digest.digest());
        if (bytes != expected.bytes() || !sha256.equals(expected.sha256())) {
            throw new RestoreException("The file " + name + " of the backup " + backup.id() + " has " + bytes
                    + " bytes and the SHA-256 " + sha256 + ", expected " + expected.bytes() + " and "
                    + expected.sha256() + ": the backup is damaged");
        }
    }

    private void patch(InputStream content, long bytes, String name) throws IOException {
        Path earlier = layout.place(wholeName(name));
        if (backup.start().parent().isEmpty() || !Files.isRegularFile(earlier, LinkOption.NOFOLLOW_LINKS)) {
            throw new RestoreException("The backup " + backup.id() + " has only the changed pages of " + wholeName(name)
                    + ", and the backups before it do not have that file: the chain is damaged");
        }
        try (FileChannel file = FileChannel.open(earlier, OVER)) {
            BlockFile.apply(content, bytes, file, name);
        }
        kept.add(earlier);
    }

    private void write(InputStream content, long bytes, Path path) throws IOException {
        Path above = path.getParent();
        if (above != null) {
            makeDirectories(above);
        }
        long written = 0;
        try (FileChannel file = FileChannel.open(path, ANEW, Layout.FILE)) {
            for (int read = content.read(buffer); read > 0; read = content.read(buffer)) {
                ByteBuffer part = ByteBuffer.wrap(buffer, 0, read);
                while (part.hasRemaining()) {
                    file.write(part);
                }
                written += read;
            }
        }
        if (written != bytes) {
            throw new RestoreException("The file " + path.getFileName() + " of the backup " + backup.id()
                    + " ends after " + written + " of " + bytes + " bytes: the backup is damaged");
        }
    }

    private static void makeDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, Layout.DIRECTORY);
    }

    /** What was dropped on the server since the earlier backup. */
    private void removeOthers() throws IOException {
        removeOthers(layout.data());
        if (layout.tablespaces().isPresent()) {
            removeOthers(layout.tablespaces().get());
        }
    }

    private void removeOthers(Path root) throws IOException {
        for (Path path : Contents.of(root).all().reversed()) {
            if (!kept.contains(path) && !hasKept(path)) {
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
