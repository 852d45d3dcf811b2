package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Key-encryption keys by id; the first is used for new data keys, the others to read older ones. */
public final class KeyRing {
    private static final int SECRET_BYTES = 32;
    private static final int CHECK_BYTES = 8;
    private static final int FILE_BYTES_MAX = 1 << 16;
    private static final byte[] NO_SALT = {};
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern LINE_END = Pattern.compile("[\\r\\n;]");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final String EXPECTED = "expected: an id of letters, digits, _ and - (at most 64), a space, and "
            + SECRET_BYTES + " bytes in base64; make such a line with a new key";

    private final SequencedMap<String, Key> keys;

    private KeyRing(SequencedMap<String, Key> keys) {
        this.keys = Collections.unmodifiableSequencedMap(keys);
    }

    /**
     * One key-encryption key.
     *
     * @param check tells whether a key of this id is the same key, and nothing else about it; 16 hexadecimal digits
     */
    record Key(String id, SecretKey secret, String check) {
        static Key of(String id, byte[] secret) {
            SecretKey key = new SecretKeySpec(secret, "AES");
            byte[] mac = Hmac.of(Hkdf.derive(key, NO_SALT, "bulwark key check 1", "HmacSHA256"));
            return new Key(id, key, HexFormat.of().formatHex(mac, 0, CHECK_BYTES));
        }

        @Override
        public String toString() {
            return "key-encryption key " + id;
        }
    }

    /**
     * The keys of a file: lines {@code id base64-of-32-bytes}, the newest first; empty lines and those that start with #
     * are passed over. The file may be readable by its group only if it is root's, as PostgreSQL has it for its keys.
     *
     * @throws StoreTrouble MISSING when there is no such file, DENIED when it can be read by others than its owner or not
     *     by this process, WRONG_KEY when a line is not of this form, an id is there twice, or there is no key
     */
    public static KeyRing of(Path file) throws StoreTrouble {
        try {
            requirePrivate(file);
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw wrong(
                        "The key file " + file, "has more than " + FILE_BYTES_MAX + " bytes, and is no list of keys");
            }
            return parse(Files.readString(file, StandardCharsets.ISO_8859_1), "The key file " + file);
        } catch (NoSuchFileException e) {
            throw new StoreTrouble(
                    Kind.MISSING, "The key file " + file + " is not there: bring it back, or name another", e);
        } catch (AccessDeniedException e) {
            throw new StoreTrouble(
                    Kind.DENIED,
                    "The key file " + file + " cannot be read: it has to belong to the user of this process",
                    e);
        } catch (IOException e) {
            throw StoreTrouble.of("The key file " + file + " cannot be read", e);
        }
    }

    private static void requirePrivate(Path file) throws IOException {
        boolean ofRoot = Files.getAttribute(file, "unix:uid").equals(0);
        Set<PosixFilePermission> allowed = EnumSet.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
        if (ofRoot) {
            allowed.add(PosixFilePermission.GROUP_READ);
        }
        Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
        if (!allowed.containsAll(found)) {
            throw new StoreTrouble(
                    Kind.DENIED,
                    "The key file " + file + " has the mode " + PosixFilePermissions.toString(found)
                            + ", and others could read or change it: expected rw------- (chmod 600)");
        }
    }

    /**
     * The keys of an environment variable, whose text is of the same form as the file; a semicolon ends a line too.
     *
     * @param environment as {@link System#getenv()}
     * @throws StoreTrouble MISSING when the variable is not set, WRONG_KEY as {@link #of}
     */
    public static KeyRing ofEnvironment(Map<String, String> environment, String variable) throws StoreTrouble {
        String text = environment.get(variable);
        if (text == null) {
            throw new StoreTrouble(
                    Kind.MISSING, "The environment variable " + variable + " is not set: it has to hold the keys");
        }
        return parse(text, "The environment variable " + variable);
    }

    /**
     * A line with a new random key, to be put first into the file.
     *
     * @param id letters, digits, _ and -, at most 64
     * @throws IllegalArgumentException when the id is of another form
     */
    public static String newLine(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "The key id \"" + id + "\" is not allowed, expected: letters, digits, _ and -, at most 64");
        }
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return id + " " + Base64.getEncoder().encodeToString(secret);
    }

    /** The keys' ids, the newest first. */
    public List<String> ids() {
        return List.copyOf(keys.sequencedKeySet());
    }

    @Override
    public String toString() {
        return "keys " + ids();
    }

    Key newest() {
        return keys.firstEntry().getValue();
    }

    Optional<Key> key(String id) {
        return Optional.ofNullable(keys.get(id));
    }

    private static KeyRing parse(String text, String source) throws StoreTrouble {
        SequencedMap<String, Key> keys = new LinkedHashMap<>();
        String[] lines = LINE_END.split(text, -1);
        for (int number = 1; number <= lines.length; number++) {
            String line = lines[number - 1].strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                Key key = key(line, source + ", line " + number + ",");
                if (keys.putIfAbsent(key.id(), key) != null) {
                    throw wrong(
                            source, "has the id " + key.id() + " twice, again in line " + number + ": take one out");
                }
            }
        }
        if (keys.isEmpty()) {
            throw wrong(source, "holds no key, " + EXPECTED);
        }
        return new KeyRing(keys);
    }

    /** Names no part of the line: it may be a key in the wrong place. */
    private static Key key(String line, String where) throws StoreTrouble {
        String[] words = SPACE.split(line, -1);
        if (words.length != 2 || !ID.matcher(words[0]).matches()) {
            throw wrong(where, "has " + words.length + " words, or an id that is none; " + EXPECTED);
        }
        byte[] secret = decode(words[1], where);
        if (secret.length != SECRET_BYTES) {
            throw wrong(where, "has a key of " + secret.length + " bytes, " + EXPECTED);
        }
        Key key = Key.of(words[0], secret);
        Arrays.fill(secret, (byte) 0);
        return key;
    }

    private static byte[] decode(String base64, String where) throws StoreTrouble {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // Without the cause, whose message has a character of the key.
            throw wrong(where, "is not base64, " + EXPECTED);
        }
    }

    private static StoreTrouble wrong(String source, String what) {
        return new StoreTrouble(Kind.WRONG_KEY, source + " " + what);
    }
}
