package io.bulwark.persistence.backup;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * A file of an incremental backup that holds only the pages that changed, named {@code INCREMENTAL.} and the file's name.
 *
 * <p>Little-endian 32-bit numbers: magic, how many pages, up to which page the earlier file still counts, then the pages'
 * numbers; padding to a full page when there are pages; then the pages. (PostgreSQL, basebackup_incremental.c.)
 */
final class BlockFile {
    static final String PREFIX = "INCREMENTAL.";
    static final int MAGIC = 0xd3ae1f0d;

    private static final int PAGE_BYTES = BackupPlan.BLOCK_BYTES;
    private static final int FIXED_BYTES = 3 * Integer.BYTES;
    /** A segment of 1 GiB; servers built with larger ones are read too, up to 16 GiB. */
    private static final int PAGES_MAX = 2 << 20;

    private static final int RUN_PAGES = 32;

    private BlockFile() {}

    /**
     * Puts the pages over the earlier file, which then has the length that it had on the server.
     *
     * @param bytes how long the content is
     * @param earlier open for writing
     * @param name for messages
     * @return whether that changed anything
     * @throws RestoreException when the content is not such a file
     */
    static boolean apply(InputStream content, long bytes, FileChannel earlier, String name) throws IOException {
        ByteBuffer fixed = read(content, FIXED_BYTES, name);
        int magic = fixed.getInt();
        int count = fixed.getInt();
        int keptPages = fixed.getInt();
        if (magic != MAGIC || count < 0 || count > PAGES_MAX || keptPages < 0 || keptPages > PAGES_MAX) {
            throw damaged(name, "it does not begin as one");
        }
        long header = header(count);
        if (bytes != header + (long) count * PAGE_BYTES) {
            throw damaged(name, "it has " + bytes + " bytes, expected " + (header + (long) count * PAGE_BYTES));
        }
        int[] pages = new int[count];
        read(content, count * Integer.BYTES, name).asIntBuffer().get(pages);
        read(content, (int) (header - FIXED_BYTES - (long) count * Integer.BYTES), name);
        long before = earlier.size();
        long kept = (long) keptPages * PAGE_BYTES;
        if (before > kept) {
            earlier.truncate(kept);
        }
        long end = Math.max(kept, copy(content, pages, earlier, name));
        extend(earlier, end);
        return count > 0 || earlier.size() != before;
    }

    private static long header(int count) {
        long raw = FIXED_BYTES + (long) count * Integer.BYTES;
        return count == 0 ? raw : (raw + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }

    /** Pages that follow each other are written at once. */
    private static long copy(InputStream content, int[] pages, FileChannel file, String name) throws IOException {
        byte[] run = new byte[RUN_PAGES * PAGE_BYTES];
        long end = 0;
        for (int first = 0; first < pages.length; ) {
            int length = 1;
            while (length < RUN_PAGES
                    && first + length < pages.length
                    && pages[first + length] == pages[first] + length) {
                length++;
            }
            if (pages[first] < 0 || pages[first] >= PAGES_MAX) {
                throw damaged(name, "it has a page of number " + pages[first]);
            }
            fill(content, run, length * PAGE_BYTES, name);
            long at = (long) pages[first] * PAGE_BYTES;
            write(file, ByteBuffer.wrap(run, 0, length * PAGE_BYTES), at);
            end = Math.max(end, at + (long) length * PAGE_BYTES);
            first += length;
        }
        return end;
    }

    /** A file that ends in pages of zeros. */
    private static void extend(FileChannel file, long bytes) throws IOException {
        if (file.size() < bytes) {
            write(file, ByteBuffer.wrap(new byte[1]), bytes - 1);
        }
    }

    private static void write(FileChannel file, ByteBuffer content, long position) throws IOException {
        long at = position;
        while (content.hasRemaining()) {
            at += file.write(content, at);
        }
    }

    private static ByteBuffer read(InputStream content, int bytes, String name) throws IOException {
        byte[] read = new byte[bytes];
        fill(content, read, bytes, name);
        return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void fill(InputStream content, byte[] into, int bytes, String name) throws IOException {
        if (content.readNBytes(into, 0, bytes) < bytes) {
            throw new RestoreException("The file " + name + " of the backup ends early", new EOFException());
        }
    }

    private static RestoreException damaged(String name, String how) {
        return new RestoreException(
                "The file " + name + " of the backup is not one of changed pages (" + how + "): the backup is damaged");
    }
}
