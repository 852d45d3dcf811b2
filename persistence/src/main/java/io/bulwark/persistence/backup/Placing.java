package io.bulwark.persistence.backup;

import io.bulwark.persistence.backup.Recorded.Mark;
import io.bulwark.persistence.backup.Unpacking.Step;
import io.bulwark.persistence.repository.Backup;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Puts one archive of a backup where its files belong. Every file is held against the manifest of its own backup while it
 * streams by, so that damage is found in the backup that has it. For one thread.
 */
final class Placing {
    private static final int BUFFER_BYTES = 256 * 1024;
    /** After so many bytes of a file the disk begins to write them, while more come. */
    private static final int BEGIN_BYTES = 32 << 20;

    private static final Set<StandardOpenOption> ANEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    private static final Set<StandardOpenOption> OVER = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final Site site;
    private final Backup backup;
    private final Step step;
    private final Set<String> seen;
    private final Set<Path> kept;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    /**
     * @param seen is given the files of the manifest that were there
     * @param kept is given the paths that stay
     */
    Placing(Site site, Step step, Set<String> seen, Set<Path> kept) {
        this.site = site;
        this.backup = step.backup();
        this.step = step;
        this.seen = seen;
        this.kept = kept;
    }

    /** @param prefix of the names in this archive, as the manifest has them */
    void unpack(String part, String prefix) throws IOException {
        try (InputStream content =
                        site.meter().counting(ReadAhead.of(site.repository().read(backup, part)));
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new BufferedInputStream(content, BUFFER_BYTES), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("The restore was interrupted");
                }
                String name = Layout.checked(prefix + entry.getName(), backup.id());
                if (!step.before().entries().contains(name)) {
                    place(entry, tar, name, prefix.isEmpty());
                }
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
            link(tablespace.get(), name);
        } else if (base && name.startsWith("pg_tblspc/")) {
            throw new RestoreException("The backup " + backup.id() + " has '" + name
                    + "' in the data directory: expected only links to tablespaces there");
        } else if (type == TarConstants.LF_DIR) {
            makeDirectories(site.layout().place(name));
            kept.add(site.layout().place(name));
            site.journal().directory(name);
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

    private void link(String oid, String name) throws IOException {
        Path link = site.layout().link(oid);
        if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(link, site.layout().directoryOf(oid));
        }
        kept.add(link);
        site.journal().directory(name);
    }

    /** The manifest has at most marks of what was archived; the server checks each record of WAL when it replays it. */
    private void wal(TarArchiveEntry entry, InputStream content, String name) throws IOException {
        if (!step.last()) {
            seen.add(name);
        } else if (step.manifest().file(name).isPresent()) {
            listed(entry, content, name);
        } else {
            FileChannel file = write(content, entry.getSize(), name);
            settle(file, name);
        }
    }

    private void listed(TarArchiveEntry entry, InputStream content, String name) throws IOException {
        Manifest.Entry expected = step.manifest()
                .file(name)
                .orElseThrow(() -> new RestoreException("The backup " + backup.id() + " has the file " + name
                        + ", which its manifest does not list: the backup is damaged"));
        DigestInputStream hashed = new DigestInputStream(content, Hashing.sha256());
        FileChannel file = Unpacking.isBlockFile(name)
                ? patch(hashed, entry.getSize(), name)
                : write(hashed, entry.getSize(), name);
        try {
            check(name, expected, entry.getSize(), hashed.getMessageDigest());
        } catch (RestoreException damaged) {
            file.close();
            throw damaged;
        }
        settle(file, name);
        seen.add(name);
    }

    private void settle(FileChannel file, String name) throws IOException {
        Path path = site.layout().place(Unpacking.wholeName(name));
        kept.add(path);
        site.settling().settle(file, () -> site.journal().file(name, Mark.of(path)));
    }

    private void check(String name, Manifest.Entry expected, long bytes, MessageDigest digest) throws RestoreException {
        String sha256 = HexFormat.of().formatHex(digest.digest());
        if (bytes != expected.bytes() || !sha256.equals(expected.sha256())) {
            throw new RestoreException("The file " + name + " of the backup " + backup.id() + " has " + bytes
                    + " bytes and the SHA-256 " + sha256 + ", expected " + expected.bytes() + " and "
                    + expected.sha256() + ": the backup is damaged");
        }
        if (!Unpacking.isBlockFile(name)) {
            site.proven().add(name);
        }
    }

    /** A file of which nothing changed stays proven when it was. */
    private FileChannel patch(InputStream content, long bytes, String name) throws IOException {
        String whole = Unpacking.wholeName(name);
        Path earlier = site.layout().place(whole);
        if (backup.start().parent().isEmpty() || !Files.isRegularFile(earlier, LinkOption.NOFOLLOW_LINKS)) {
            throw new RestoreException("The backup " + backup.id() + " has only the changed pages of " + whole
                    + ", and the backups before it do not have that file: the chain is damaged");
        }
        changing(name);
        FileChannel file = FileChannel.open(earlier, OVER);
        try {
            if (BlockFile.apply(content, bytes, file, name)) {
                site.proven().remove(whole);
            }
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** In a full backup there is nothing yet that could be changed. */
    private void changing(String name) throws IOException {
        if (backup.start().parent().isPresent()) {
            site.journal().changing(name);
        }
    }

    /** @return open, for whoever forces it to disk */
    private FileChannel write(InputStream content, long bytes, String name) throws IOException {
        Path path = site.layout().place(name);
        Path above = path.getParent();
        if (above != null) {
            makeDirectories(above);
        }
        changing(name);
        FileChannel file = FileChannel.open(path, ANEW, Layout.FILE);
        try {
            long written = copy(content, file);
            if (written != bytes) {
                throw new RestoreException("The file " + path.getFileName() + " of the backup " + backup.id()
                        + " ends after " + written + " of " + bytes + " bytes: the backup is damaged");
            }
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private long copy(InputStream content, FileChannel file) throws IOException {
        long written = 0;
        long begun = 0;
        for (int read = content.read(buffer); read > 0; read = content.read(buffer)) {
            ByteBuffer part = ByteBuffer.wrap(buffer, 0, read);
            while (part.hasRemaining()) {
                file.write(part);
            }
            written += read;
            if (written - begun >= BEGIN_BYTES) {
                begun = written;
                site.settling().begin(file);
            }
        }
        return written;
    }

    private static void makeDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, Layout.DIRECTORY);
    }
}
