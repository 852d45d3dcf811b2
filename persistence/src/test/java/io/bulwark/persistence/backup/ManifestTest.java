package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ManifestTest {
    private static final String SUM = "0123456789abcdef".repeat(4);

    private static final String LINES = """
            { "PostgreSQL-Backup-Manifest-Version": 2,
            "System-Identifier": 7654321,
            "Files": [
            { "Path": "backup_label", "Size": 227, "Last-Modified": "2026-11-27 03:00:00 GMT", "Checksum-Algorithm": "SHA256", "Checksum": "%1$s" },
            { "Encoded-Path": "612f62", "Size": 0, "Last-Modified": "2026-11-27 03:00:00 GMT", "Checksum-Algorithm": "SHA256", "Checksum": "%1$s" }
            ],
            "WAL-Ranges": [
            { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000120" }
            ],
            """.formatted(SUM);

    @Test
    void read_whatTheServerWrites_hasEveryFile() throws IOException {
        Manifest manifest = read(TestBackups.signed(LINES));
        assertThat(manifest.files()).hasSize(2);
        assertThat(manifest.file("backup_label")).contains(new Manifest.Entry(227, SUM));
        assertThat(manifest.file("a/b")).contains(new Manifest.Entry(0, SUM));
        assertThat(manifest.file("c")).isEmpty();
    }

    @Test
    void read_changedManifest_isRefused() {
        String good = TestBackups.signed(LINES);
        for (String bad : new String[] {
            good.replace("\"Size\": 227", "\"Size\": 228"),
            good.replace("backup_label", "backup_lebal"),
            good.substring(0, good.length() / 2),
            good + "{}",
            TestBackups.signed(LINES.replace("SHA256", "CRC32C")),
            TestBackups.signed(LINES.replace("\"Path\": \"backup_label\"", "\"Path\": \"a/b\"")),
            TestBackups.signed(LINES.replace("227", "-1")),
            "",
        }) {
            assertThatThrownBy(() -> read(bad))
                    .as(bad)
                    .isInstanceOf(RestoreException.class)
                    .hasMessageContaining("manifest of the backup b1");
        }
    }

    private static Manifest read(String text) throws IOException {
        return Manifest.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "b1");
    }
}
