package io.bulwark.persistence.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class S3SettingsTest {
    private static final S3Credentials.Given CREDENTIALS =
            new S3Credentials.Given("AKTEST", "the-secret-1", Optional.of("the-token-2"));

    @Test
    void secrets_areNotShown() {
        S3Settings settings = S3Settings.server(URI.create("https://minio.example:9000"), "backups", CREDENTIALS);
        assertThat(settings.toString()).contains("AKTEST").doesNotContain("the-secret-1", "the-token-2");
        assertThat(settings.describe()).isEqualTo("s3://backups at https://minio.example:9000");
        assertThat(S3Settings.amazon("backups", "eu-central-1")
                        .inFolder("prod/")
                        .describe())
                .isEqualTo("s3://backups/prod/ at Amazon S3, eu-central-1");
    }

    @Test
    void settingsThatCannotWork_areRefusedWithTheValueAndWhatWasExpected() {
        refused("ftp://minio.example", "backups", "", "expected http(s)://host");
        refused("https://me:word@minio.example", "backups", "", "give the credentials on their own");
        refused("https://minio.example", "back ups", "", "\"back ups\"");
        refused("https://minio.example", "backups", "prod", "expected a slash at its end");
        refused("https://minio.example", "backups", "../prod/", "..");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new S3Credentials.Given("AKTEST", "", Optional.empty()))
                .withMessageContaining("secret access key");
    }

    private static void refused(String endpoint, String bucket, String folder, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> S3Settings.server(URI.create(endpoint), bucket, CREDENTIALS)
                        .inFolder(folder))
                .withMessageContaining(message)
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("word", "the-secret-1"));
    }
}
