package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * WAL as sealed objects {@code wal/<timeline>/<name>}. Each opening of a repository has a data key of its own for each
 * timeline that it writes, so that writers never have to agree on one.
 */
final class SealedWal implements WalStore {
    static final String FOLDER = "wal/";

    private static final int TIMELINE_DIGITS = 8;
    private static final Pattern NAME =
            Pattern.compile("[0-9A-F]{24}|[0-9A-F]{8}\\.history|[0-9A-F]{24}\\.partial/[0-9A-F]{8}-[0-9A-F]{8}");

    private final ObjectStore store;
    private final DataKeys keys;
    private final Compression compression;
    private final SecureRandom random;
    private final Map<String, DataKey> byTimeline = new HashMap<>();

    /** @param compression of which the level counts: a segment is too small to be divided among workers */
    SealedWal(ObjectStore store, DataKeys keys, Compression compression, SecureRandom random) {
        this.store = store;
        this.keys = keys;
        this.compression = new Compression(compression.level(), 0);
        this.random = random;
    }

    @Override
    public void put(String name, InputStream plain) throws StoreTrouble {
        String objectKey = objectKey(name);
        DigestInputStream digested = new DigestInputStream(plain, FrameWriter.sha256());
        if (store.stat(objectKey).isPresent()) {
            requireSame(name, digested);
            return;
        }
        DataKey key = key(name.substring(0, TIMELINE_DIGITS));
        try (Sealing sealing = Sealing.begin(store, objectKey, key, compression, random)) {
            digested.transferTo(sealing);
            sealing.finish();
        } catch (StoreTrouble trouble) {
            if (trouble.kind() != Kind.EXISTS) {
                throw trouble;
            }
            requireSame(name, digested);
        } catch (IOException e) {
            throw StoreTrouble.of("The WAL file " + name + " cannot be read, and was not stored", e);
        }
    }

    @Override
    public Optional<InputStream> get(String name) throws StoreTrouble {
        String objectKey = objectKey(name);
        try {
            return Optional.of(Opening.of(store.open(objectKey), objectKey, keys::load, OptionalLong.empty()));
        } catch (StoreTrouble trouble) {
            if (trouble.kind() == Kind.MISSING) {
                return Optional.empty();
            }
            throw trouble;
        }
    }

    @Override
    public List<String> names() throws StoreTrouble {
        return namesUnder(FOLDER);
    }

    @Override
    public List<String> names(String prefix) throws StoreTrouble {
        if (prefix.length() < TIMELINE_DIGITS) {
            throw new IllegalArgumentException(
                    "The beginning of WAL names is \"" + prefix + "\", expected: 8 digits of a timeline, or more");
        }
        return namesUnder(FOLDER + prefix.substring(0, TIMELINE_DIGITS) + "/" + prefix);
    }

    @Override
    public SortedMap<String, Long> storedBytes() throws StoreTrouble {
        SortedMap<String, Long> bytes = new TreeMap<>();
        for (ObjectStore.Stored stored : store.list(FOLDER)) {
            String name = nameOf(stored);
            if (NAME.matcher(name).matches()) {
                bytes.put(name, stored.bytes());
            }
        }
        return bytes;
    }

    private List<String> namesUnder(String prefix) throws StoreTrouble {
        return store.list(prefix).stream()
                .map(SealedWal::nameOf)
                .filter(name -> NAME.matcher(name).matches())
                .toList();
    }

    private static String nameOf(ObjectStore.Stored stored) {
        String key = stored.key();
        return key.substring(Math.min(key.length(), FOLDER.length() + TIMELINE_DIGITS + 1));
    }

    @Override
    public void delete(String name) throws StoreTrouble {
        store.delete(objectKey(name));
    }

    private void requireSame(String name, DigestInputStream wanted) throws StoreTrouble {
        try {
            String wantedHash = hashOfAll(wanted);
            String storedHash = storedHash(name);
            if (!wantedHash.equals(storedHash)) {
                throw new StoreTrouble(
                        Kind.EXISTS,
                        "The WAL file " + name + " is in the repository with another content (SHA-256 " + storedHash
                                + ", not " + wantedHash
                                + "): two servers that are not the same write into it; give each"
                                + " a repository of its own");
            }
        } catch (IOException e) {
            throw StoreTrouble.of("The WAL file " + name + " cannot be compared with the one in the repository", e);
        }
    }

    private String storedHash(String name) throws IOException {
        InputStream stored = get(name)
                .orElseThrow(() -> new StoreTrouble(
                        Kind.FAILED,
                        "The WAL file " + name + " was there and was deleted in the same moment: put it again"));
        try (DigestInputStream digested = new DigestInputStream(stored, FrameWriter.sha256())) {
            return hashOfAll(digested);
        }
    }

    /** Of what was read before and what is left. */
    private static String hashOfAll(DigestInputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
        MessageDigest digest = in.getMessageDigest();
        return HexFormat.of().formatHex(digest.digest());
    }

    private DataKey key(String timeline) throws StoreTrouble {
        synchronized (byTimeline) {
            DataKey known = byTimeline.get(timeline);
            if (known == null) {
                known = keys.random();
                keys.save(known, "wal " + timeline);
                byTimeline.put(timeline, known);
            }
            return known;
        }
    }

    private static String objectKey(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("The WAL file name \"" + name
                    + "\" is not one, expected: 24 hexadecimal digits, or 8 and .history, or a piece's");
        }
        return FOLDER + name.substring(0, TIMELINE_DIGITS) + "/" + name;
    }
}
