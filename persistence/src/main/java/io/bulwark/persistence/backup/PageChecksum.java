package io.bulwark.persistence.backup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.postgresql.replication.LogSequenceNumber;

/**
 * The checksum that a page carries; it covers the page's place in the relation too.
 *
 * <p>32 FNV-1a sums side by side, folded to 16 bits, never 0 (PostgreSQL, storage/checksum_impl.h).
 */
final class PageChecksum {
    private static final int PAGE_BYTES = BackupPlan.BLOCK_BYTES;
    private static final int SUMS = 32;
    private static final int PRIME = 16_777_619;
    private static final int CHECKSUM_AT = 8;
    private static final int UPPER_AT = 14;

    private static final int[] START = {
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
        0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
        0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
        0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756
    };

    private PageChecksum() {}

    /**
     * Whether the page is as the server wrote it: it was never used, it was changed after the start of the backup (replay
     * writes it anew then), or its checksum is right.
     *
     * @param page 8 KiB, of which the content is read and nothing is changed
     * @param block its number in the relation
     * @param start of the backup
     */
    static boolean holds(byte[] page, int block, LogSequenceNumber start) {
        ByteBuffer words = ByteBuffer.wrap(page, 0, PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (words.getShort(UPPER_AT) == 0) {
            return true;
        }
        long changedAt = (long) words.getInt(0) << Integer.SIZE | Integer.toUnsignedLong(words.getInt(Integer.BYTES));
        return Long.compareUnsigned(changedAt, start.asLong()) >= 0
                || of(words, block) == Short.toUnsignedInt(words.getShort(CHECKSUM_AT));
    }

    private static int of(ByteBuffer words, int block) {
        int[] sums = START.clone();
        for (int at = 0; at < PAGE_BYTES; at += SUMS * Integer.BYTES) {
            for (int i = 0; i < SUMS; i++) {
                int word = words.getInt(at + i * Integer.BYTES);
                sums[i] = next(sums[i], at + i * Integer.BYTES == CHECKSUM_AT ? word & 0xffff0000 : word);
            }
        }
        int folded = block;
        for (int sum : sums) {
            folded ^= next(next(sum, 0), 0);
        }
        return Integer.remainderUnsigned(folded, 65_535) + 1;
    }

    private static int next(int sum, int word) {
        int mixed = sum ^ word;
        return mixed * PRIME ^ mixed >>> 17;
    }
}
