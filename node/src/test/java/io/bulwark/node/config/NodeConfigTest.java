package io.bulwark.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {
    private static final String ELLIPTIC = """
            -----BEGIN CERTIFICATE-----
            MIIBejCCASGgAwIBAgIUCS4pc0fUFYyNmlzSGcn8cbPwpIAwCgYIKoZIzj0EAwIw
            EjEQMA4GA1UEAwwHYnVsd2FyazAgFw0yNjExMjEwNTMyMDlaGA8yMTI2MTAyODA1
            MzIwOVowEjEQMA4GA1UEAwwHYnVsd2FyazBZMBMGByqGSM49AgEGCCqGSM49AwEH
            A0IABApSmXE94oQHJzMbac7VQiXWK40cnpHqzrPCVQ/aOV/HGD37VGMJwnkgGnOh
            Z5SFux3gDaZvO41ENFt0F0/XrvqjUzBRMB0GA1UdDgQWBBQC+Bp3gmXqS3suWpQc
            Xi82bHZ63zAfBgNVHSMEGDAWgBQC+Bp3gmXqS3suWpQcXi82bHZ63zAPBgNVHRMB
            Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIH32HNzNecIjhzHGYYqUxxeBwLDl
            EmhN3LNfYH2FskLkAiAHlXEyoHxSM9CPJjPMGau1nOSJd5HDmuaN2/tqsFT8IA==
            -----END CERTIFICATE-----
            """;

    @TempDir
    private Path folder = Path.of("");

    private Settings settings(String hocon) throws IOException {
        Path file = folder.resolve("bulwark.conf");
        Files.writeString(file, hocon);
        return Settings.load(Optional.of(file));
    }

    @Test
    void of_nothingConfigured_isTheDocumentedDefault() {
        NodeConfig config = NodeConfig.of(Settings.load(Optional.empty()));

        assertThat(config.database().url()).isEmpty();
        assertThat(config.listener().host()).isEqualTo("127.0.0.1");
        assertThat(config.listener().port()).isEqualTo(8080);
        assertThat(config.management().port()).isEqualTo(8558);
        assertThat(config.remote().port()).isEqualTo(25520);
        assertThat(config.ledger().sweepEvery()).isEqualTo(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    bulwark.http.port = 70000            | bulwark.http.port is 70000           | expected 0 to 65535
                    bulwark.http.port = many             | port has type STRING                 | rather than NUMBER
                    bulwark.guard.ask-timeout = never    | bulwark.guard.ask-timeout is 'never' | a duration from PT0.01S to PT1M
                    bulwark.ledger.lanes = 0             | bulwark.ledger.lanes is '0'          | a whole number from 1 to 64
                    bulwark.database.url = "mysql://x"   | bulwark.database.url is 'mysql://x'  | a URL that begins with jdbc:postgresql:
                    bulwark.auth.jwks = "ftp://x"        | bulwark.auth.jwks is 'ftp://x'       | an address that begins with https://
                    bulwark.auth.jwks = "http://idp/keys" | bulwark.auth.jwks is 'http://idp/keys' | an address that begins with https://
                    bulwark.remote.host = ""             | bulwark.remote.host is ''            | a host name or address
                    bulwark.remote.host = "10.1.2.3"     | bulwark.remote.host is '10.1.2.3'    | a loopback address, because bulwark.remote.tls.certificate
                    bulwark.remote.tls.certificate = "/no" | bulwark.remote.tls.certificate is '/no' | a PEM file that can be read
                    bulwark.cluster.name = "My Cluster"  | bulwark.cluster.name is 'My Cluster' | a name such as bulwark
                    bulwark.cluster.downing = "none"     | bulwark.cluster.downing is 'none'    | one of keep-majority, lease-majority
                    bulwark.cluster.discovery = "dns"    | bulwark.cluster.discovery is 'dns'   | one of database, kubernetes-api
                    bulwark.cluster.join = ["here"]      | bulwark.cluster.join is '[here]'     | addresses of the Management of members
                    bulwark.cluster.join-within = 0s     | bulwark.cluster.join-within is '0s'  | a duration from PT1S to PT1H
                    bulwark.database.migrate-on-start = 7 | bulwark.database.migrate-on-start is '7' | true or false
                    """)
    void of_settingRefused_namesPathValueOriginAndWhatWasExpected(String hocon, String named, String expected) {
        assertThatThrownBy(() -> NodeConfig.of(settings(hocon)))
                .isInstanceOf(SettingRefused.class)
                .hasMessageContaining(named)
                .hasMessageContaining("bulwark.conf")
                .hasMessageContaining(expected);
    }

    /** Made with: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=bulwark */
    @Test
    void of_certificateOfAnEllipticCurveKey_isRefusedBeforeAHandshakeFails() throws IOException {
        Path certificate = Files.writeString(folder.resolve("ec.pem"), ELLIPTIC);
        String hocon = "bulwark.remote.tls { certificate = \"%s\", key = \"%s\", ca = \"%s\" }"
                .formatted(certificate, certificate, certificate);
        assertThatThrownBy(() -> NodeConfig.of(settings(hocon)))
                .isInstanceOf(SettingRefused.class)
                .hasMessageContaining("ec.pem")
                .hasMessageContaining("RSA key");
    }

    @Test
    void of_certificateThatIsNone_isRefused() throws IOException {
        Path certificate = Files.writeString(folder.resolve("no.pem"), "no certificate");
        String hocon = "bulwark.remote.tls { certificate = \"%s\", key = \"%s\", ca = \"%s\" }"
                .formatted(certificate, certificate, certificate);
        assertThatThrownBy(() -> NodeConfig.of(settings(hocon))).hasMessageContaining("a certificate in PEM");
    }

    @Test
    void load_fileMissing_saysWhich() {
        Path missing = folder.resolve("nowhere.conf");

        assertThatThrownBy(() -> Settings.load(Optional.of(missing)))
                .isInstanceOf(SettingRefused.class)
                .hasMessageContaining(missing.toString());
    }

    @Test
    void load_settingMisspelt_isRefusedByName() {
        assertThatThrownBy(() -> settings("bulwark.http.prot = 80"))
                .isInstanceOf(SettingRefused.class)
                .hasMessageContaining("bulwark.http.prot")
                .hasMessageContaining("not a setting");
    }

    @Test
    void report_secretsConfigured_areMaskedAndOriginsAreNamed() throws IOException {
        String report = ConfigReport.of(settings("""
                        bulwark.database.password = hunter2
                        bulwark.database.url = "jdbc:postgresql://db/x?user=u&password=hunter2&ssl=true"
                        """));

        assertThat(report)
                .doesNotContain("hunter2")
                .contains("bulwark.database.password = \"********\"")
                .contains("ssl=true")
                .contains("bulwark.conf")
                .contains("bulwark.http.port = 8080    # default");
    }
}
