package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Holds every restored file against the manifest of the wanted backup, when all of them are written.
 *
 * <p>Of a file whose bytes were hashed when this run wrote them, and that was forced to disk, only the size is looked at:
 * read again at once it comes from memory, which says nothing of the disk, and what the disk refuses is told when it is
 * forced. Files of an earlier run are read and hashed. Of a file that was put together from several backups the manifest
 * knows only the pages that changed last: their parts were checked while they streamed by, and here each page by the
 * checksum that it carries, when the server has page checksums.
 */
final class Verification {
    private static final int BUFFER_BYTES = 256 * 1024;
    /** More than there are processors: most files are small, and the disk takes many of them with one flush. */
    private static final int READERS = 16;

    private static final int PAGE_BYTES = BackupPlan.BLOCK_BYTES;
    private static final int PAGES_OF_SEGMENT = 1 << 17;

    private final Site site;
    private final Manifest manifest;
    private final Backup wanted;

    Verification(Site site, Manifest manifest, Backup wanted) {
        this.site = site;
        this.manifest = manifest;
        this.wanted = wanted;
    }

    /** @return the bytes of all files */
    long run() throws IOException {
        long bytes = 0;
        List<Future<Long>> sizes = new ArrayList<>();
        try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            for (Map.Entry<String, Manifest.Entry> file : manifest.files().entrySet()) {
                sizes.add(readers.submit(() -> check(file.getKey(), file.getValue())));
            }
            try {
                for (Future<Long> size : sizes) {
                    bytes += size.get();
                }
            } catch (InterruptedException interrupted) {
                readers.shutdownNow();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("The restore was interrupted");
            } catch (ExecutionException failure) {
                readers.shutdownNow();
                throw failure.getCause() instanceof IOException trouble ? trouble : new IOException(failure.getCause());
            }
        }
        return bytes;
    }

    private long check(String name, Manifest.Entry expected) throws IOException {
        String whole = Unpacking.wholeName(name);
        Path path = site.layout().place(whole);
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new RestoreException("The restored file " + path + " is gone: does somebody else write there?");
        }
        long bytes = Files.size(path);
        if (Unpacking.isBlockFile(name)) {
            expect(bytes % PAGE_BYTES == 0, path, bytes + " bytes, which is no whole number of pages");
        } else {
            expect(bytes == expected.bytes(), path, bytes + " bytes, expected " + expected.bytes());
        }
        if (!site.proven().contains(whole)) {
            readAgain(name, expected, path);
        }
        return bytes;
    }

    private void readAgain(String name, Manifest.Entry expected, Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            if (!Unpacking.isBlockFile(name)) {
                String sha256 = sha256(file);
                expect(
                        sha256.equals(expected.sha256()),
                        path,
                        "the SHA-256 " + sha256 + ", expected " + expected.sha256());
            } else if (BackupTags.hasPageChecksums(wanted)) {
                checkPages(file, path);
            }
        }
    }

    private void checkPages(FileChannel file, Path path) throws IOException {
        LogSequenceNumber start = LogSequenceNumber.valueOf(wanted.end().startLsn());
        byte[] page = new byte[PAGE_BYTES];
        int block = segment(path) * PAGES_OF_SEGMENT;
        // Not closed: that would close the channel, which is the caller's.
        InputStream pages = new BufferedInputStream(Channels.newInputStream(file), BUFFER_BYTES);
        while (pages.readNBytes(page, 0, PAGE_BYTES) == PAGE_BYTES) {
            expect(PageChecksum.holds(page, block, start), path, "a wrong checksum in its page " + block);
            block++;
        }
    }

    /** A relation has one file for each GiB: {@code 16384}, {@code 16384.1}, … */
    private static int segment(Path path) {
        String name = String.valueOf(path.getFileName());
        int dot = name.indexOf('.');
        return dot < 0 ? 0 : Integer.parseInt(name.substring(dot + 1));
    }

    private static String sha256(FileChannel file) throws IOException {
        MessageDigest digest = Hashing.sha256();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(file.size() + 1, BUFFER_BYTES));
        while (file.read(buffer) >= 0) {
            digest.update(buffer.flip());
            buffer.clear();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void expect(boolean holds, Path path, String found) throws RestoreException {
        if (!holds) {
            throw new RestoreException("The restored file " + path + " has " + found
                    + ": it was written and is not read back the same, the disk may be failing");
        }
    }
}
