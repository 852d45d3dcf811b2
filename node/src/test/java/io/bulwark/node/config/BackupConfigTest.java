package io.bulwark.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.node.config.BackupConfig.Location;
import io.bulwark.persistence.tenantrestore.RegisteredTable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupConfigTest {
    @TempDir
    private Path folder = Path.of("");

    private BackupConfig config(String hocon) throws IOException {
        Path file = Files.writeString(folder.resolve("bulwark.conf"), "bulwark.backup { " + hocon + " }");
        return BackupConfig.of(Settings.load(Optional.of(file)));
    }

    @ParameterizedTest
    @CsvSource({"/backups/a, /backups/a", "file:///backups/b, /backups/b"})
    void repository_ofAPath_isThatFolder(String text, String path) throws IOException {
        BackupConfig config = config("repository = \"" + text + "\"");

        assertThat(config.location()).isEqualTo(new Location.Folder(Path.of(path)));
        assertThat(config.keyFile()).isEmpty();
        assertThat(config.source()).isEmpty();
    }

    @Test
    void repository_onS3_hasBucketFolderAndServer() throws IOException {
        assertThat(config(
                                "repository = \"s3://kept/a/b/\", s3 { endpoint = \"https://minio:9000\", path-style = true }")
                        .location())
                .isEqualTo(new Location.S3(
                        "kept", "a/b/", Optional.of(URI.create("https://minio:9000")), Optional.empty(), true, true));
        assertThat(config("repository = \"s3://kept\", s3.region = eu-central-1")
                        .location())
                .isEqualTo(new Location.S3("kept", "", Optional.empty(), Optional.of("eu-central-1"), false, true));
    }

    @Test
    void repository_onAzure_hasContainerFolderAndAccount() throws IOException {
        assertThat(config("repository = \"azure://kept/a\", azure.endpoint = \"https://x.blob.core.windows.net\"")
                        .location())
                .isEqualTo(new Location.Azure("kept", "a/", URI.create("https://x.blob.core.windows.net")));
    }

    @Test
    void database_ofAnother_isTheSource() throws IOException {
        assertThat(config("repository = /b, database { url = \"jdbc:postgresql://db/x\", user = u }")
                        .source()
                        .flatMap(NodeConfig.Database::url))
                .contains("jdbc:postgresql://db/x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tenant-tables = [\"app.invoice:tenant\", \"app.Customer:owner\"]",
                "tenant-tables = \"app.invoice:tenant, app.Customer:owner\""
            })
    void tenantTables_areAList_orATextWithCommas(String tables) throws IOException {
        assertThat(config("repository = /b, " + tables).tenantTables())
                .containsExactly(
                        new RegisteredTable("app", "invoice", "tenant"),
                        new RegisteredTable("app", "Customer", "owner"));
        assertThat(config("repository = /b").tenantTables()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    repository = /b, tenant-tables = invoice | tenant-tables is 'invoice'    | schema.table:column
                    repository = ""                          | repository is ''            | an absolute path such as /backups
                    repository = backups                     | repository is 'backups'     | s3://bucket/folder
                    repository = "ftp://host/x"              | repository is 'ftp://host/x' | an absolute path
                    repository = "azure://kept"              | azure.endpoint is ''        | the account's address
                    repository = /b, database.url = "db:1"   | database.url is 'db:1'      | a JDBC URL
                    """, quoteCharacter = '`')
    void of_settingRefused_namesPathValueAndWhatWasExpected(String hocon, String named, String expected) {
        assertThatThrownBy(() -> config(hocon))
                .isInstanceOf(SettingRefused.class)
                .hasMessageContaining("bulwark.backup." + named)
                .hasMessageContaining(expected);
    }
}
