package io.bulwark.node.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a node answers KEDA.
 *
 * @param port 0 takes a free one
 * @param tls absent only on loopback, or where the clear was asked for
 */
public record KedaSettings(String host, int port, Optional<Tls> tls) {
    private static final String PATH = "bulwark.scaling.keda.";

    /**
     * PEM files: the certificate that the node shows and its private key, of any kind that Java reads.
     *
     * @param ca of who signed the certificates of those that may ask; absent: anybody may ask
     */
    public record Tls(Path certificate, Path key, Optional<Path> ca) {}

    /**
     * Empty where KEDA is not to be answered.
     *
     * @throws SettingRefused naming the first setting that is wrong
     */
    public static Optional<KedaSettings> of(Settings settings) {
        return settings.flag(PATH + "enabled") ? Optional.of(enabled(settings)) : Optional.empty();
    }

    private static KedaSettings enabled(Settings settings) {
        String host = settings.text(PATH + "host");
        if (host.isBlank()) {
            throw settings.refused(PATH + "host", "a host name or address to listen on, such as 127.0.0.1");
        }
        Optional<Tls> tls = tls(settings);
        if (tls.isEmpty() && !settings.flag(PATH + "plaintext") && !RemoteConfig.isLoopback(host)) {
            throw settings.refused(
                    PATH + "host",
                    "a loopback address, because bulwark.scaling.keda.tls.certificate and .key are not set; where the"
                            + " network may be trusted with how many nodes there are to be, set"
                            + " bulwark.scaling.keda.plaintext = true");
        }
        return new KedaSettings(host, settings.port(PATH + "port"), tls);
    }

    private static Optional<Tls> tls(Settings settings) {
        PemFiles files = new PemFiles(settings, PATH + "tls.", "certificate and key go together, and ca with them");
        if (Stream.of("certificate", "key", "ca").map(files::file).allMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        Path certificate = files.given("certificate");
        Path key = files.given("key");
        return Optional.of(new Tls(certificate, key, files.file("ca").map(_ -> files.given("ca"))));
    }
}
