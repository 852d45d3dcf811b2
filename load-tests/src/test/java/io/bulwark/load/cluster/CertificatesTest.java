package io.bulwark.load.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {
    @TempDir
    private Path folder;

    @Test
    void issue_forAnAddress_isSignedByTheAuthorityAndNamesTheAddress() throws GeneralSecurityException, IOException {
        Map<String, String> files = Certificates.issue(folder, List.of("10.213.0.11", "10.213.0.12"))
                .environment("10.213.0.12");

        X509Certificate authority = read(files, "BULWARK_REMOTE_TLS_CA");
        X509Certificate node = read(files, "BULWARK_REMOTE_TLS_CERTIFICATE");
        node.verify(authority.getPublicKey());
        assertThat(node.getSubjectAlternativeNames().toString()).contains("10.213.0.12");
        assertThat(authority.getBasicConstraints()).isNotNegative();
        assertThat(Path.of(files.get("BULWARK_REMOTE_TLS_KEY"))).content().startsWith("-----BEGIN PRIVATE KEY-----\n");
    }

    private static X509Certificate read(Map<String, String> files, String name)
            throws GeneralSecurityException, IOException {
        try (InputStream pem = Files.newInputStream(Path.of(files.getOrDefault(name, "")))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }
    }
}
