package io.bulwark.persistence.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupEnd;
import io.bulwark.persistence.repository.BackupStart;
import io.bulwark.persistence.repository.BackupWriter;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.ObjectStore.Stored;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A whole repository in a bucket. */
class S3RepositoryTest {
    private static final Instant NOW = Instant.parse("2026-11-27T03:15:00Z");
    private static final BackupStart START = new BackupStart(
            "20261127T031500Z-full",
            BackupStart.Kind.FULL,
            Optional.empty(),
            "7400000000000000001",
            180006,
            1,
            "nightly",
            Map.of());

    private final S3Settings settings = S3Server.emptyFolder();

    @Test
    void backup_isWrittenVerifiedReadAndDeleted() throws IOException {
        byte[] content = new byte[12_000_000];
        new Random(1).nextBytes(content);
        KeyRing keys = KeyRing.ofEnvironment(Map.of("KEYS", KeyRing.newLine("k1")), "KEYS");
        try (Repository repository = Repository.open(S3Store.open(settings), keys, () -> NOW)) {
            write(repository, content);
            repository.wal().put("000000010000000000000001", new ByteArrayInputStream(content));
        }
        try (Repository repository = Repository.open(S3Store.open(settings), keys, () -> NOW)) {
            Backup backup = repository.backup(START.id()).orElseThrow();
            repository.verify(backup);
            try (InputStream in = repository.read(backup, "base.tar")) {
                assertThat(in.readAllBytes()).isEqualTo(content);
            }
            assertThatThrownBy(() ->
                            repository.wal().put("000000010000000000000001", new ByteArrayInputStream(new byte[10])))
                    .isInstanceOfSatisfying(
                            StoreTrouble.class,
                            trouble -> assertThat(trouble.kind()).isEqualTo(Kind.EXISTS));
            repository.delete(backup);
            assertThat(repository.backups()).isEmpty();
        }
        try (S3Store store = S3Store.open(settings)) {
            assertThat(store.list("backups/")).isEmpty();
            assertThat(store.list("wal/")).extracting(Stored::bytes).hasSize(1);
        }
    }

    private static void write(Repository repository, byte[] content) throws IOException {
        try (BackupWriter writer = repository.begin(START)) {
            try (OutputStream part = writer.part("base.tar")) {
                part.write(content);
            }
            writer.complete(new BackupEnd("0/2000028", "0/2000158", NOW, NOW));
        }
    }
}
