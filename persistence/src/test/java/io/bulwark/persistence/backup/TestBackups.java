package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupEnd;
import io.bulwark.persistence.repository.BackupStart;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.BackupWriter;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.TestStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Repositories, and backups that no server made. */
final class TestBackups {
    static final String SYSTEM = "7000000000000000001";
    static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

    private TestBackups() {}

    static Repository repository(Path directory) throws IOException {
        Files.createDirectories(directory);
        return repository(store(directory).open(InstantSource.system()), directory);
    }

    /** Where {@link #repository(Path)} has what is in it. */
    static TestStore store(Path directory) {
        return TestStore.at(directory.resolve("store"));
    }

    static Repository repository(ObjectStore store, Path directory) throws IOException {
        Path keys = directory.resolve("keys");
        if (!Files.exists(keys)) {
            Files.createFile(keys, Layout.FILE);
            Files.writeString(keys, KeyRing.newLine("test") + "\n");
        }
        return Repository.open(store, KeyRing.of(keys), InstantSource.system());
    }

    static BackupStart start(String id, Kind kind, Optional<String> parent) {
        return new BackupStart(id, kind, parent, SYSTEM, 180_006, 1, "", Map.of("bulwark.wal", "included"));
    }

    static BackupEnd end() {
        return new BackupEnd("0/2000028", "0/2000120", NOON, NOON.plusSeconds(60));
    }

    /** A backup that the repository does not know of. */
    static Backup listed(BackupStart start) {
        return new Backup(start, end(), List.of());
    }

    /** With the last line that the server would write. */
    static String signed(String lines) {
        byte[] sum = Hashing.sha256().digest(lines.getBytes(StandardCharsets.UTF_8));
        return lines + "\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(sum) + "\"}\n";
    }

    /** What is in a backup: entries of the data directory's archive, by name. */
    static final class Content {
        private static final String BASE = "base.tar";

        private final SequencedMap<String, byte[]> files = new LinkedHashMap<>();
        private final SequencedMap<String, ByteArrayOutputStream> tars = new LinkedHashMap<>();
        private TarArchiveOutputStream archive = begin(BASE);

        private TarArchiveOutputStream begin(String part) {
            ByteArrayOutputStream tar = new ByteArrayOutputStream();
            tars.put(part, tar);
            return new TarArchiveOutputStream(tar);
        }

        /** As few files as a restore needs. */
        static Content minimal() throws IOException {
            return new Content()
                    .file("backup_label", "START WAL LOCATION: 0/2000028\n")
                    .file("global/pg_control", "control");
        }

        Content file(String name, String content) throws IOException {
            return file(name, content.getBytes(StandardCharsets.UTF_8));
        }

        Content file(String name, byte[] content) throws IOException {
            files.put(name, content);
            return entry(name, content);
        }

        /** What follows is in a tablespace; its files are named with {@link #inTablespace}. */
        Content tablespace(String oid) throws IOException {
            special("pg_tblspc/" + oid, '2', "/on/the/server");
            archive.close();
            archive = begin(oid + ".tar");
            return this;
        }

        /** @param name below the tablespace */
        Content inTablespace(String oid, String name, byte[] content) throws IOException {
            files.put("pg_tblspc/" + oid + "/" + name, content);
            return entry(name, content);
        }

        /** In the manifest only. */
        Content missing(String name) {
            files.put(name, new byte[] {1});
            return this;
        }

        /** Not in the manifest. */
        Content unlisted(String name, String content) throws IOException {
            return entry(name, content.getBytes(StandardCharsets.UTF_8));
        }

        private Content entry(String name, byte[] bytes) throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name, true);
            entry.setSize(bytes.length);
            archive.putArchiveEntry(entry);
            archive.write(bytes);
            archive.closeArchiveEntry();
            return this;
        }

        /** @param type of the tar format, such as '2' for a symbolic link */
        Content special(String name, char type, String link) throws IOException {
            TarArchiveEntry entry = new TarArchiveEntry(name, (byte) type, true);
            entry.setLinkName(link);
            archive.putArchiveEntry(entry);
            archive.closeArchiveEntry();
            return this;
        }

        private String manifest() {
            StringBuilder lines = new StringBuilder("{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"Files\": [\n");
            String comma = "";
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                String sum = HexFormat.of().formatHex(Hashing.sha256().digest(file.getValue()));
                lines.append(comma)
                        .append("{ \"Path\": \"" + file.getKey() + "\", \"Size\": " + file.getValue().length
                                + ", \"Checksum-Algorithm\": \"SHA256\", \"Checksum\": \"" + sum + "\" }");
                comma = ",\n";
            }
            return signed(lines.append("\n],\n").toString());
        }

        Backup store(Repository repository, BackupStart start) throws IOException {
            archive.close();
            try (BackupWriter writer = repository.begin(start)) {
                for (Map.Entry<String, ByteArrayOutputStream> tar : tars.entrySet()) {
                    write(writer, tar.getKey(), tar.getValue().toByteArray());
                }
                write(writer, BaseBackup.MANIFEST, manifest().getBytes(StandardCharsets.UTF_8));
                return writer.complete(end());
            }
        }

        private static void write(BackupWriter writer, String part, byte[] content) throws IOException {
            try (OutputStream out = writer.part(part)) {
                out.write(content);
            }
        }
    }
}
