package io.bulwark.node.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Everything that a node is told, parsed once; what each setting means is said where it is declared, in {@code reference.conf}. */
public record NodeConfig(
        Path dataDir,
        Http http,
        Endpoint management,
        Endpoint remote,
        Database database,
        Ledger ledger,
        Guard guard,
        Duration recordTimeout,
        Auth auth,
        Duration drainTimeout) {
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);

    /** Where something listens; port 0 takes a free one. */
    public record Endpoint(String host, int port) {}

    /** The service listener. */
    public record Http(
            Endpoint endpoint,
            int bodyMax,
            Duration bodyDeadline,
            Duration idleTimeout,
            int connectionsMax,
            int inFlightMax) {}

    /** The database: one that is there, or one of the node's own. */
    public record Database(
            Optional<String> url, String user, String password, boolean migrateOnStart, int embeddedPort) {
        @Override
        public String toString() {
            return "Database[" + url.map(_ -> "external").orElse("embedded") + "]";
        }
    }

    /** The group committer and the sweeper. */
    public record Ledger(int lanes, int queueMax, int batchMax, Duration retryFor, Duration sweepEvery) {}

    /** Guards. */
    public record Guard(Duration askTimeout, Duration passivateAfter) {}

    /** Who is believed. */
    public record Auth(String audience, Optional<String> issuer, Optional<URI> jwks, Duration clockSkew) {}

    /** @throws SettingRefused naming the first setting that is wrong */
    public static NodeConfig of(Settings settings) {
        return new NodeConfig(
                Path.of(settings.text("bulwark.data-dir")).toAbsolutePath().normalize(),
                http(settings),
                endpoint(settings, "bulwark.management"),
                endpoint(settings, "bulwark.remote"),
                database(settings),
                ledger(settings),
                new Guard(
                        settings.duration("bulwark.guard.ask-timeout", Duration.ofMillis(50), Duration.ofMinutes(1)),
                        settings.duration("bulwark.guard.passivate-after", Duration.ofSeconds(1), Duration.ofDays(1))),
                settings.duration("bulwark.gateway.record-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
                auth(settings),
                settings.duration("bulwark.shutdown.drain-timeout", Duration.ZERO, HOUR));
    }

    private static Endpoint endpoint(Settings settings, String path) {
        String host = settings.text(path + ".host");
        if (host.isBlank()) {
            throw settings.refused(path + ".host", "a host name or address to listen on, such as 127.0.0.1");
        }
        return new Endpoint(host, settings.port(path + ".port"));
    }

    private static Http http(Settings settings) {
        return new Http(
                endpoint(settings, "bulwark.http"),
                settings.number("bulwark.http.body-max", 1_024, 64 * 1024 * 1024),
                settings.duration("bulwark.http.body-deadline", MILLI, HOUR),
                settings.duration("bulwark.http.idle-timeout", Duration.ofSeconds(1), HOUR),
                settings.number("bulwark.http.connections-max", 1, 1_000_000),
                settings.number("bulwark.http.in-flight-max", 1, 1_000_000));
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

    private static Ledger ledger(Settings settings) {
        return new Ledger(
                settings.number("bulwark.ledger.lanes", 1, 64),
                settings.number("bulwark.ledger.queue-max", 1, 1_000_000),
                settings.number("bulwark.ledger.batch-max", 1, 10_000),
                settings.duration("bulwark.ledger.retry-for", Duration.ZERO, HOUR),
                settings.duration("bulwark.ledger.sweep-every", Duration.ofMillis(100), HOUR));
    }

    private static Auth auth(Settings settings) {
        String jwks = settings.text("bulwark.auth.jwks");
        return new Auth(
                settings.text("bulwark.auth.audience"),
                optional(settings.text("bulwark.auth.issuer")),
                optional(jwks).map(text -> uri(settings, text)),
                settings.duration("bulwark.auth.clock-skew", Duration.ZERO, Duration.ofMinutes(10)));
    }

    private static URI uri(Settings settings, String text) {
        if (!text.startsWith("https://") && !text.startsWith("http://") && !text.startsWith("file:")) {
            throw settings.refused("bulwark.auth.jwks", "an address that begins with https://, http:// or file:");
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
