package io.bulwark.node.config;

import com.typesafe.config.ConfigException;
import io.bulwark.http.gateway.GatewaySettings;
import io.bulwark.http.server.ListenerSettings;
import io.bulwark.persistence.journal.SweepSettings;
import io.bulwark.persistence.ledger.LedgerSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Everything that a node is told, parsed once; what each setting means is said where it is declared, in {@code reference.conf}. */
public record NodeConfig(
        Path dataDir,
        ListenerSettings listener,
        Endpoint management,
        RemoteConfig remote,
        ClusterConfig cluster,
        Database database,
        LedgerSettings ledger,
        SweepSettings journal,
        Duration degradeAfter,
        GatewaySettings gateway,
        Auth auth,
        Duration collectFor,
        boolean advances,
        ScalingConfig scaling,
        Optional<KedaSettings> keda,
        Duration announceFor,
        Duration drainTimeout) {
    private static final Duration HOUR = Duration.ofHours(1);
    /** Keys that anybody on the way could change would be no keys, so plain HTTP is for this machine only. */
    private static final Pattern JWKS =
            Pattern.compile("^(https://|file:/|http://(127\\.0\\.0\\.1|localhost|\\[::1])[:/])");

    /** Where something listens; port 0 takes a free one. */
    public record Endpoint(String host, int port) {}

    /** The database: one that is there, or one of the node's own. */
    public record Database(
            Optional<String> url, String user, String password, boolean migrateOnStart, int embeddedPort) {
        @Override
        public String toString() {
            return "Database[" + url.map(_ -> "external").orElse("embedded") + "]";
        }
    }

    /**
     * Who is believed.
     *
     * @param keyFile the key that all nodes sign and check tokens with; absent: the one in the data directory
     */
    public record Auth(
            String audience, Optional<String> issuer, Optional<URI> jwks, Duration clockSkew, Optional<Path> keyFile) {}

    /** @throws SettingRefused naming the first setting that is wrong */
    public static NodeConfig of(Settings settings) {
        ListenerSettings listener = listener(settings);
        settings.duration("bulwark.guard.passivate-after", Duration.ofSeconds(1), Duration.ofDays(1));
        return new NodeConfig(
                Path.of(settings.text("bulwark.data-dir")).toAbsolutePath().normalize(),
                listener,
                endpoint(settings, "bulwark.management"),
                RemoteConfig.of(settings),
                ClusterConfig.of(settings),
                database(settings),
                ledger(settings),
                journal(settings),
                settings.duration("bulwark.guard.degrade-after", Duration.ofMillis(10), Duration.ofMinutes(1)),
                gateway(settings, listener),
                auth(settings),
                settings.duration("bulwark.guard.collect-for", Duration.ZERO, Duration.ofMillis(10)),
                settings.flag("bulwark.guard.advances"),
                ScalingConfig.of(settings),
                KedaSettings.of(settings),
                settings.duration("bulwark.shutdown.announce-for", Duration.ZERO, HOUR),
                settings.duration("bulwark.shutdown.drain-timeout", Duration.ZERO, HOUR));
    }

    private static Endpoint endpoint(Settings settings, String path) {
        String host = settings.text(path + ".host");
        if (host.isBlank()) {
            throw settings.refused(path + ".host", "a host name or address to listen on, such as 127.0.0.1");
        }
        return new Endpoint(host, settings.port(path + ".port"));
    }

    private static ListenerSettings listener(Settings settings) {
        try {
            return ListenerSettings.of(settings.config());
        } catch (ConfigException e) {
            throw new SettingRefused(String.valueOf(e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            String path = message.substring(0, message.indexOf(' '));
            throw new SettingRefused(message + " (set by " + settings.origin(path) + ")", e);
        }
    }

    private static Database database(Settings settings) {
        String url = settings.text("bulwark.database.url");
        if (!url.isEmpty() && !url.startsWith("jdbc:postgresql:")) {
            throw settings.refused("bulwark.database.url", "a URL that begins with jdbc:postgresql:");
        }
        return new Database(
                optional(url),
                settings.text("bulwark.database.user"),
                settings.text("bulwark.database.password"),
                settings.flag("bulwark.database.migrate-on-start"),
                settings.port("bulwark.database.embedded-port"));
    }

    private static LedgerSettings ledger(Settings settings) {
        Duration second = Duration.ofSeconds(1);
        return LedgerSettings.DEFAULT
                .with(
                        settings.number("bulwark.ledger.lanes", 1, 64),
                        settings.number("bulwark.ledger.batch-max", 1, 5_000),
                        settings.number("bulwark.ledger.queue-max", 1, 100_000))
                .with(
                        settings.duration("bulwark.ledger.answer-within", second, Duration.ofMinutes(10)),
                        settings.duration("bulwark.ledger.retry-for", Duration.ZERO, HOUR),
                        settings.duration("bulwark.ledger.sweep-every", Duration.ofMillis(100), HOUR));
    }

    private static SweepSettings journal(Settings settings) {
        return new SweepSettings(
                settings.duration("bulwark.journal.sweep-every", Duration.ofMillis(100), Duration.ofDays(1)),
                settings.duration("bulwark.journal.sweep-after", Duration.ofMinutes(1), Duration.ofDays(30)));
    }

    private static GatewaySettings gateway(Settings settings, ListenerSettings listener) {
        GatewaySettings others = GatewaySettings.DEFAULT;
        Duration tenMillis = Duration.ofMillis(10);
        Duration minute = Duration.ofMinutes(1);
        return new GatewaySettings(
                (int) listener.bounds().bodyBytesMax(),
                listener.bodyDeadline(),
                settings.duration("bulwark.guard.ask-timeout", tenMillis, minute),
                settings.duration("bulwark.gateway.record-timeout", tenMillis, minute),
                others.answerBodyWithin(),
                others.bodyIdle(),
                others.keepAlive(),
                others.ejectFor(),
                others.pollEvery(),
                others.sweepEvery());
    }

    private static Auth auth(Settings settings) {
        String jwks = settings.text("bulwark.auth.jwks");
        return new Auth(
                settings.text("bulwark.auth.audience"),
                optional(settings.text("bulwark.auth.issuer")),
                optional(jwks).map(text -> uri(settings, text)),
                settings.duration("bulwark.auth.clock-skew", Duration.ZERO, Duration.ofMinutes(5)),
                optional(settings.text("bulwark.auth.key-file")).map(Path::of));
    }

    private static URI uri(Settings settings, String text) {
        if (!JWKS.matcher(text).find()) {
            throw settings.refused(
                    "bulwark.auth.jwks", "an address that begins with https:// or file:/, or with http:// on loopback");
        }
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw settings.refused("bulwark.auth.jwks", "an address: " + e.getMessage());
        }
    }

    private static Optional<String> optional(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
