package io.bulwark.persistence.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One step of the schema and the way back.
 *
 * @param version from 1, without gaps
 * @param name what it brings, {@code [a-z0-9_]+}
 * @param up SQL that puts it in
 * @param down SQL that takes it out, so that the schema is what it was before
 */
record Script(int version, String name, String up, String down) {
    /** The scripts that this program ships, in order; a test holds them against the files. */
    static final List<String> SHIPPED = List.of(
            "0001_journal",
            "0002_operations_and_tenants",
            "0003_cluster",
            "0004_tenant_policy",
            "0005_tenant_restores");

    private static final Pattern FILE = Pattern.compile("([0-9]{4})_([a-z0-9_]+)");

    /** Reads what this program ships. */
    static List<Script> shipped() {
        return SHIPPED.stream()
                .map(file -> of(file, resource(file + ".up.sql"), resource(file + ".down.sql")))
                .toList();
    }

    /** @param file such as {@code 0001_journal} */
    static Script of(String file, String up, String down) {
        Matcher matcher = FILE.matcher(file);
        if (!matcher.matches()) {
            throw new MigrationException("The script '" + file + "' is misnamed: expected 0001_name");
        }
        return new Script(Integer.parseInt(matcher.group(1)), matcher.group(2), up, down);
    }

    /** As its files are named. */
    String file() {
        return file(version, name);
    }

    static String file(int version, String name) {
        return String.format(Locale.ROOT, "%04d_%s", version, name);
    }

    String upSha256() {
        return sha256(up);
    }

    String downSha256() {
        return sha256(down);
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    private static String resource(String file) {
        try (InputStream stream = Script.class.getResourceAsStream("/db/migration/" + file)) {
            if (stream == null) {
                throw new MigrationException("The script db/migration/" + file + " is not in this program");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
