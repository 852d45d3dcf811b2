package io.bulwark.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KedaSettingsTest {
    @TempDir
    private Path folder = Path.of("");

    private Optional<KedaSettings> settings(String hocon) throws IOException {
        Path file = Files.writeString(folder.resolve("bulwark.conf"), "bulwark.scaling.keda { " + hocon + " }");
        return KedaSettings.of(Settings.load(Optional.of(file)));
    }

    @Test
    void of_nothingConfigured_isNone() {
        assertThat(KedaSettings.of(Settings.load(Optional.empty()))).isEmpty();
    }

    @Test
    void of_enabled_isLoopback9090() throws IOException {
        assertThat(settings("enabled = true")).contains(new KedaSettings("127.0.0.1", 9090, Optional.empty()));
    }

    @Test
    void of_anyHostInTheClear_isTakenWhenAskedFor() throws IOException {
        assertThat(settings("enabled = true, host = 0.0.0.0, plaintext = true"))
                .contains(new KedaSettings("0.0.0.0", 9090, Optional.empty()));
    }

    @Test
    void of_certificateAndKey_makeTlsWithoutCa() throws IOException {
        Path pem = Files.writeString(folder.resolve("any.pem"), "");
        KedaSettings.Tls tls = new KedaSettings.Tls(pem, pem, Optional.empty());

        assertThat(settings("enabled = true, host = 10.1.2.3, tls { certificate = \"%1$s\", key = \"%1$s\" }"
                        .formatted(pem)))
                .contains(new KedaSettings("10.1.2.3", 9090, Optional.of(tls)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    host = 10.1.2.3               | keda.host is '10.1.2.3'     | a loopback address, because bulwark.scaling.keda.tls.certificate
                    host = 10.1.2.3               | keda.host is '10.1.2.3'     | bulwark.scaling.keda.plaintext = true
                    host = ""                     | keda.host is ''             | a host name or address to listen on
                    port = 70000                  | keda.port is '70000'        | a whole number from 0 to 65535
                    plaintext = perhaps, host = x | keda.plaintext is 'perhaps' | true or false
                    tls.certificate = /no         | keda.tls.certificate is '/no' | a PEM file that can be read
                    tls.ca = /no                  | keda.tls.certificate is ''  | certificate and key go together
                    """)
    void of_settingRefused_namesPathValueAndWhatWasExpected(String hocon, String named, String expected) {
        assertThatThrownBy(() -> settings("enabled = true, " + hocon))
                .isInstanceOf(SettingRefused.class)
                .hasMessageContaining("bulwark.scaling." + named)
                .hasMessageContaining(expected);
    }
}
