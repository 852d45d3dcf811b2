package io.bulwark.node.scaling.keda;

import io.bulwark.node.config.KedaSettings;
import io.bulwark.node.config.SettingRefused;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What the server shows of itself and asks of callers; files are read again when they were changed. */
final class ServerIdentity {
    private static final long REREAD_AFTER_MINUTES = 1;

    private final ScheduledExecutorService timer;

    /** @param timer rereads the files until it is shut down */
    ServerIdentity(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** @throws SettingRefused when a file holds something else than it should */
    ServerCredentials of(KedaSettings settings) {
        return settings.tls().map(this::tls).orElseGet(InsecureServerCredentials::create);
    }

    private ServerCredentials tls(KedaSettings.Tls files) {
        TlsServerCredentials.Builder credentials =
                TlsServerCredentials.newBuilder().keyManager(identity(files));
        files.ca()
                .ifPresent(
                        ca -> credentials.trustManager(trust(ca)).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE));
        return credentials.build();
    }

    private AdvancedTlsX509KeyManager identity(KedaSettings.Tls files) {
        File key = files.key().toFile();
        File certificate = files.certificate().toFile();
        AdvancedTlsX509KeyManager identity = new AdvancedTlsX509KeyManager();
        try {
            identity.updateIdentityCredentials(certificate, key, REREAD_AFTER_MINUTES, TimeUnit.MINUTES, timer);
            return identity;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new SettingRefused(
                    "bulwark.scaling.keda.tls.certificate and .key are " + certificate + " and " + key
                            + ": expected a certificate and its private key (PKCS #8) in PEM (" + e.getMessage() + ")",
                    e);
        }
    }

    private AdvancedTlsX509TrustManager trust(Path file) {
        try {
            AdvancedTlsX509TrustManager trust =
                    AdvancedTlsX509TrustManager.newBuilder().build();
            trust.updateTrustCredentials(file.toFile(), REREAD_AFTER_MINUTES, TimeUnit.MINUTES, timer);
            return trust;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new SettingRefused(
                    "bulwark.scaling.keda.tls.ca is " + file + ": expected a certificate in PEM (" + e.getMessage()
                            + ")",
                    e);
        }
    }
}
