package io.bulwark.persistence.backup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The server's own list of what a backup holds: every file outside {@code pg_wal}, under the path in the data directory.
 *
 * <p>Format: https://www.postgresql.org/docs/18/backup-manifest-format.html. Memory grows with the number of files.
 */
final class Manifest {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Of nothing. */
    static final Manifest EMPTY = new Manifest(Map.of());

    private final Map<String, Entry> files;

    private Manifest(Map<String, Entry> files) {
        this.files = files;
    }

    /** @param sha256 64 lower-case hexadecimal digits */
    record Entry(long bytes, String sha256) {}

    Map<String, Entry> files() {
        return files;
    }

    /** Of all files together, as they are in the backup. */
    long bytes() {
        return files.values().stream().mapToLong(Entry::bytes).sum();
    }

    Optional<Entry> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    /**
     * Reads to the end.
     *
     * @param whose backup it is, for messages
     * @throws RestoreException when it is not what PostgreSQL wrote
     */
    static Manifest read(InputStream content, String whose) throws IOException {
        Map<String, Entry> files = new HashMap<>();
        AllButLastLine summed = new AllButLastLine(content);
        String checksum = "";
        try (JsonParser json = JSON.createParser(summed)) {
            expect(json.nextToken() == JsonToken.START_OBJECT, whose);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                JsonToken value = json.nextToken();
                switch (field) {
                    case "Files" -> files(json, files, whose);
                    case "Manifest-Checksum" -> checksum = json.getText();
                    default -> json.skipChildren();
                }
                expect(value != null, whose);
            }
            expect(json.nextToken() == null, whose);
        } catch (JsonProcessingException bad) {
            throw new RestoreException(
                    "The manifest of the backup " + whose + " is not JSON: the backup is damaged", bad);
        }
        expect(checksum.equals(summed.sha256()), whose);
        return new Manifest(files);
    }

    private static void files(JsonParser json, Map<String, Entry> files, String whose) throws IOException {
        while (json.nextToken() == JsonToken.START_OBJECT) {
            file(json, files, whose);
        }
    }

    private static void file(JsonParser json, Map<String, Entry> files, String whose) throws IOException {
        String path = "";
        String checksum = "";
        long bytes = -1;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "Path" -> path = json.getText();
                case "Encoded-Path" ->
                    path = new String(HexFormat.of().parseHex(json.getText()), StandardCharsets.ISO_8859_1);
                case "Size" -> bytes = json.getLongValue();
                case "Checksum-Algorithm" -> expect(json.getText().equals("SHA256"), whose);
                case "Checksum" -> checksum = json.getText();
                default -> json.skipChildren();
            }
        }
        expect(!path.isEmpty() && bytes >= 0 && checksum.length() == 64, whose);
        expect(files.put(path, new Entry(bytes, checksum)) == null, whose);
    }

    private static void expect(boolean holds, String whose) throws RestoreException {
        if (!holds) {
            throw new RestoreException("The manifest of the backup " + whose
                    + " is not one of PostgreSQL with SHA-256 checksums, or its own checksum is wrong: the backup is"
                    + " damaged");
        }
    }

    /** Sums up all lines but the last, which holds the sum. */
    private static final class AllButLastLine extends FilterInputStream {
        private static final int LINE_BYTES_MAX = 64 * 1024;

        private final MessageDigest digest = Hashing.sha256();
        private final byte[] line = new byte[LINE_BYTES_MAX];
        private int filled;
        private boolean ended;

        AllButLastLine(InputStream content) {
            super(content);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            for (int i = offset; i < offset + read; i++) {
                add(into[i]);
            }
            return read;
        }

        private void add(byte next) {
            if (ended || filled == line.length) {
                digest.update(line, 0, filled);
                filled = 0;
            }
            line[filled++] = next;
            ended = next == '\n';
        }

        String sha256() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
