package io.bulwark.node.scaling.keda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.node.config.KedaSettings;
import io.bulwark.node.config.SettingRefused;
import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KedaTlsTest {
    @TempDir
    private static Path folder = Path.of("");

    @BeforeAll
    static void makeCertificates() throws Exception {
        KedaCertificates.make(folder, "RSA");
        KedaCertificates.make(folder, "EC");
    }

    private static KedaSettings settings(String algorithm, Optional<Path> ca) {
        return new KedaSettings(
                "127.0.0.1",
                0,
                Optional.of(new KedaSettings.Tls(
                        folder.resolve(algorithm + ".crt"), folder.resolve(algorithm + ".key"), ca)));
    }

    private static TlsChannelCredentials.Builder trusting(String algorithm) throws IOException {
        return TlsChannelCredentials.newBuilder()
                .trustManager(folder.resolve(algorithm + ".crt").toFile());
    }

    private static ChannelCredentials showing(String algorithm, String trusted) throws IOException {
        return trusting(trusted)
                .keyManager(
                        folder.resolve(algorithm + ".crt").toFile(),
                        folder.resolve(algorithm + ".key").toFile())
                .build();
    }

    private static boolean isActive(KedaScaler scaler, ChannelCredentials credentials) {
        try (KedaClient client = new KedaClient(scaler.port(), credentials)) {
            return client.isActive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void isActive_overTls_isAnsweredToWhoTrustsTheCertificate(String algorithm) throws IOException {
        try (KedaScaler scaler = KedaScaler.start(settings(algorithm, Optional.empty()), () -> 3)) {
            assertThat(isActive(scaler, trusting(algorithm).build())).isTrue();
        }
    }

    @Test
    void isActive_inTheClear_isNotAnsweredOverTls() throws IOException {
        try (KedaScaler scaler = KedaScaler.start(settings("RSA", Optional.empty()), () -> 3);
                KedaClient client = new KedaClient(scaler.port())) {
            assertThatThrownBy(() -> client.isActive()).hasMessageContaining("UNAVAILABLE");
        }
    }

    @Test
    void isActive_withCa_isAnsweredToTheCertificatesItSignedAndToNobodyElse() throws IOException {
        try (KedaScaler scaler = KedaScaler.start(settings("RSA", Optional.of(folder.resolve("EC.crt"))), () -> 3)) {
            assertThat(isActive(scaler, showing("EC", "RSA"))).isTrue();
            assertThatThrownBy(() -> isActive(scaler, showing("RSA", "RSA"))).hasMessageContaining("UNAVAILABLE");
            assertThatThrownBy(() -> isActive(scaler, trusting("RSA").build())).hasMessageContaining("UNAVAILABLE");
        }
    }

    @Test
    void start_certificateThatIsNone_isRefusedWithTheSetting() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.crt"), "no certificate");
        KedaSettings.Tls tls = new KedaSettings.Tls(broken, broken, Optional.empty());

        assertThatThrownBy(() -> KedaScaler.start(new KedaSettings("127.0.0.1", 0, Optional.of(tls)), () -> 3))
                .isInstanceOf(SettingRefused.class)
                .hasMessageContaining("bulwark.scaling.keda.tls.certificate")
                .hasMessageContaining(broken.toString());
    }

    @Test
    void start_caThatIsNone_isRefusedWithTheSetting() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken-ca.crt"), "no certificate");

        assertThatThrownBy(() -> KedaScaler.start(settings("RSA", Optional.of(broken)), () -> 3))
                .isInstanceOf(SettingRefused.class)
                .hasMessageContaining("bulwark.scaling.keda.tls.ca")
                .hasMessageContaining(broken.toString());
    }
}
