package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The content of {@code repository.json}.
 *
 * @param id 32 hexadecimal digits, bound into each wrapped data key
 */
record Description(int format, String id, Instant createdAt) {
    private static final int FORMAT = 1;
    private static final int ID_BYTES = 16;
    private static final String NAME = "repository.json";
    private static final String README = "README.txt";

    Description {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(createdAt, "createdAt");
    }

    /** Reads it, or makes it when the store is empty. */
    static Description openOrCreate(ObjectStore store, SecureRandom random, InstantSource clock) throws StoreTrouble {
        SmallObjects objects = new SmallObjects(store);
        Optional<byte[]> found = objects.find(NAME);
        if (found.isPresent()) {
            return read(found.get());
        }
        requireEmpty(store);
        writeUnlessThere(objects, README, text().getBytes(StandardCharsets.UTF_8));
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        Description made = new Description(FORMAT, HexFormat.of().formatHex(id), clock.instant());
        writeUnlessThere(objects, NAME, Json.write(made));
        return read(objects.read(NAME));
    }

    private static Description read(byte[] bytes) throws StoreTrouble {
        Description description = Json.read(NAME, bytes, Description.class);
        if (description.format() != FORMAT) {
            throw new StoreTrouble(
                    Kind.DAMAGED,
                    "The object " + NAME + " says format " + description.format() + ", and this release reads format "
                            + FORMAT + ": use the release of Bulwark that made the repository");
        }
        return description;
    }

    /** A new id for old backups would make all of their keys useless. */
    private static void requireEmpty(ObjectStore store) throws StoreTrouble {
        for (String folder : List.of(BackupFolder.ALL, DataKeys.FOLDER, SealedWal.FOLDER, ErasureList.FOLDER)) {
            if (!store.list(folder).isEmpty()) {
                throw new StoreTrouble(
                        Kind.DAMAGED,
                        "There is no " + NAME + " in " + store.describe() + ", and there are objects under " + folder
                                + ": write it again, {\"format\":" + FORMAT
                                + ",\"id\":…,\"createdAt\":…}, with the id that each"
                                + " object under " + DataKeys.FOLDER + " has as \"repository\"");
            }
        }
    }

    /** Of two that create a repository at once, the first one's counts. */
    private static void writeUnlessThere(SmallObjects objects, String name, byte[] bytes) throws StoreTrouble {
        try {
            objects.write(name, bytes);
        } catch (StoreTrouble trouble) {
            if (trouble.kind() != Kind.EXISTS) {
                throw trouble;
            }
        }
    }

    private static String text() {
        return """
                This is a backup repository of Bulwark. Its objects are written once and never changed.

                repository.json                the format and the id of this repository
                keys/<data key>.<key>.json     a data key, encrypted with the key-encryption key of the id <key>
                backups/<id>/begun.json        what is known of a backup when it begins; written first
                backups/<id>/<part>            base.tar, <oid>.tar for each tablespace, backup_manifest; sealed
                backups/<id>/index.json        written last: a backup without it is unfinished
                backups/<id>/deleted           empty: the backup is being removed; written before that, removed after it. One that
                                               still has its index.json is whole
                wal/<timeline>/<segment>       WAL segments and timeline histories; sealed
                wal/<timeline>/<segment>.partial/<from>-<to>
                                               pieces of the segment that is not whole yet; sealed
                drills/<id>                    what a restore on trial found, as JSON; sealed
                erasures/<number>              what was erased and must not come back with a restore; sealed JSON

                The key-encryption keys are not here. Keep them elsewhere: without them nothing here can be read.

                A wrapped data key is AES-256-GCM with the key-encryption key, the given nonce, and as additional data, each
                on a line (no end of line after the last): bulwark wrapped key 1, and the file's repository, dataKey,
                keyEncryptionKey, keyCheck and purpose.

                A sealed object is a header of 64 bytes and then frames:
                  header  BULWARK, the bytes 1 (version) and 1 (Zstandard), 3 zeros, the bytes of a frame (65536, big-endian),
                          the data key's id (16 bytes), a salt (32 bytes)
                  frame   AES-256-GCM of 65536 bytes, of fewer in the last frame, and a tag of 16 bytes
                  key     HKDF-SHA256 of the data key with the salt and the info "bulwark object 1", 32 bytes
                  nonce   the frame's number from 0, 12 bytes, big-endian
                  additional data: the header, the object's name as above, the frame's number (8 bytes, big-endian), and a
                          byte that is 1 for the last frame and 0 for the others
                The decrypted frames, joined, are a Zstandard stream.

                An index.json is authenticated: its mac is HMAC-SHA256 over the object's name, a zero byte and the bytes of its
                member index; the key is HKDF-SHA256 of the data key without salt and with the info "bulwark index 1".
                """;
    }
}
