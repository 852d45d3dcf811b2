package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import io.bulwark.persistence.repository.Verified.Problem;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;

/** Collects what is missing or damaged in a backup; other trouble, such as a store that is away, ends it. */
final class Verification {
    private final Backup backup;
    private final LongConsumer read;
    private final List<Problem> problems = new ArrayList<>();
    private long storedBytes;
    private long plainBytes;

    /** @param read told how many stored bytes were read */
    Verification(Backup backup, LongConsumer read) {
        this.backup = backup;
        this.read = read;
    }

    interface Stored {
        InputStream open() throws StoreTrouble;
    }

    interface Plain {
        InputStream of(InputStream stored) throws StoreTrouble;
    }

    /** Reads a part to its end, stored and plain. */
    void part(Backup.Part part, String objectKey, Stored stored, Plain plain) throws StoreTrouble {
        try (Counted counted = new Counted(stored.open(), read);
                InputStream bytes = plain.of(counted)) {
            long plainOfPart = bytes.transferTo(OutputStream.nullOutputStream());
            requireAsIndexed(part, objectKey, counted);
            plainBytes += plainOfPart;
            storedBytes += counted.count;
        } catch (IOException e) {
            note(objectKey, StoreTrouble.of("The object " + objectKey + " cannot be read", e));
        }
    }

    /** What the index itself reported. */
    void index(StoreTrouble trouble) throws StoreTrouble {
        note(BackupFolder.ALL + backup.id() + "/index.json", trouble);
    }

    Verified result() {
        return new Verified(backup.id(), storedBytes, plainBytes, problems);
    }

    private void note(String objectKey, StoreTrouble trouble) throws StoreTrouble {
        if (trouble.kind() != Kind.MISSING && trouble.kind() != Kind.DAMAGED) {
            throw trouble;
        }
        problems.add(new Problem(objectKey, trouble.kind(), String.valueOf(trouble.getMessage())));
    }

    private static void requireAsIndexed(Backup.Part part, String objectKey, Counted counted) throws StoreTrouble {
        String sha256 = HexFormat.of().formatHex(counted.digest.digest());
        if (counted.count != part.storedBytes() || !sha256.equals(part.sha256())) {
            throw new StoreTrouble(
                    Kind.DAMAGED,
                    "The object " + objectKey + " has " + counted.count + " bytes with the SHA-256 " + sha256
                            + ", and its index says " + part.storedBytes() + " and " + part.sha256());
        }
    }

    private static final class Counted extends FilterInputStream {
        private final MessageDigest digest = FrameWriter.sha256();
        private final LongConsumer told;
        private long count;

        Counted(InputStream in, LongConsumer told) {
            super(in);
            this.told = told;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            if (read > 0) {
                digest.update(into, offset, read);
                count += read;
                told.accept(read);
            }
            return read;
        }
    }
}
