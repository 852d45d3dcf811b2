package io.bulwark.node.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How the nodes talk to each other.
 *
 * @param host where the others reach this node
 * @param port 0 takes a free one
 * @param bindHost where it listens, if that is another address
 * @param tls absent only on loopback
 */
public record RemoteConfig(String host, int port, Optional<String> bindHost, Optional<Tls> tls) {
    private static final String PATH = "bulwark.remote.";
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[?::1]?");

    /** PEM files: this node's certificate, its private key, and the certificate of who signed those of all nodes. */
    public record Tls(Path certificate, Path key, Path ca) {}

    static RemoteConfig of(Settings settings) {
        String host = settings.text(PATH + "host");
        if (host.isBlank()) {
            throw settings.refused(PATH + "host", "a host name or address by which the others reach this node");
        }
        Optional<Tls> tls = tls(settings);
        if (tls.isEmpty() && !isLoopback(host)) {
            throw settings.refused(
                    PATH + "host",
                    "a loopback address, because bulwark.remote.tls.certificate, .key and .ca are not set and what nodes"
                            + " tell each other must not cross a network in the clear");
        }
        String bindHost = settings.text(PATH + "bind-host");
        return new RemoteConfig(
                host, settings.port(PATH + "port"), bindHost.isBlank() ? Optional.empty() : Optional.of(bindHost), tls);
    }

    /** Whether what is said to this host stays on this machine. */
    static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    private static Optional<Tls> tls(Settings settings) {
        PemFiles files = new PemFiles(settings, PATH + "tls.", "all three of certificate, key and ca are needed");
        if (Stream.of("certificate", "key", "ca").map(files::file).allMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        Tls tls = new Tls(files.given("certificate"), files.given("key"), files.given("ca"));
        refuseOtherThanRsa(settings, tls.certificate());
        return Optional.of(tls);
    }

    /** Akka reads RSA keys only; with another one every handshake would end in a sentence that says nothing of it. */
    private static void refuseOtherThanRsa(Settings settings, Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(pem);
            if (!certificate.getPublicKey().getAlgorithm().equals("RSA")) {
                throw settings.refused(PATH + "tls.certificate", "the certificate of an RSA key, not of another kind");
            }
        } catch (CertificateException e) {
            throw settings.refused(PATH + "tls.certificate", "a certificate in PEM (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw settings.refused(PATH + "tls.certificate", "a PEM file that can be read (" + e.getMessage() + ")");
        }
    }
}
