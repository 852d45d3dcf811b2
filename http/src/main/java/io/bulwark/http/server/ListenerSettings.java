package io.bulwark.http.server;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.bulwark.grammar.Ranges;
import io.bulwark.http.framing.Bounds;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * How the service listener is bound, and its bounds; the defaults stand with their meaning in {@code reference.conf}.
 *
 * @param host a name or address of this machine
 * @param port 0 to 65535; 0 takes a free one
 * @param connectionsMax open at the same time, 1 to 1,000,000; above it a connection gets 503 and is closed
 * @param callsMax being worked on at the same time, 1 to 1,000,000; above it a call gets 503
 * @param bounds of each request
 * @param headDeadline from the first byte of a head to its last, 100 ms to 10 min; then 408
 * @param bodyDeadline how long to wait for the bytes of one body, 100 ms to 1 h; then 408
 * @param idleTimeout how long a connection may do nothing, 100 ms to 1 h; then it is closed
 */
public record ListenerSettings(
        String host,
        int port,
        int connectionsMax,
        int callsMax,
        Bounds bounds,
        Duration headDeadline,
        Duration bodyDeadline,
        Duration idleTimeout) {
    private static final Duration LEAST = Duration.ofMillis(100);

    public ListenerSettings {
        Ranges.check("bulwark.http.port", port, 0, 65_535);
        Ranges.check("bulwark.http.connections-max", connectionsMax, 1, 1_000_000);
        Ranges.check("bulwark.http.calls-max", callsMax, 1, 1_000_000);
        Ranges.check("bulwark.http.head-deadline", headDeadline, LEAST, Duration.ofMinutes(10));
        Ranges.check("bulwark.http.body-deadline", bodyDeadline, LEAST, Duration.ofHours(1));
        Ranges.check("bulwark.http.idle-timeout", idleTimeout, LEAST, Duration.ofHours(1));
    }

    /**
     * Reads {@code bulwark.http}.
     *
     * @throws ConfigException when a value is missing or of another type; the message names the path
     * @throws IllegalArgumentException when a value is out of range; the message names it and the range
     */
    public static ListenerSettings of(Config root) {
        Config config = root.getConfig("bulwark.http");
        return new ListenerSettings(
                config.getString("host"),
                config.getInt("port"),
                config.getInt("connections-max"),
                config.getInt("calls-max"),
                bounds(config),
                config.getDuration("head-deadline"),
                config.getDuration("body-deadline"),
                config.getDuration("idle-timeout"));
    }

    /** The same on this port, if there is one. */
    public ListenerSettings withPort(OptionalInt other) {
        return new ListenerSettings(
                host, other.orElse(port), connectionsMax, callsMax, bounds, headDeadline, bodyDeadline, idleTimeout);
    }

    /** The shortest of the three, which the clock of each connection goes by. */
    Duration shortestDeadline() {
        Duration shorter = headDeadline.compareTo(bodyDeadline) < 0 ? headDeadline : bodyDeadline;
        return shorter.compareTo(idleTimeout) < 0 ? shorter : idleTimeout;
    }

    private static Bounds bounds(Config config) {
        return new Bounds(
                config.getBytes("target-max").intValue(),
                config.getBytes("head-max").intValue(),
                config.getInt("header-lines-max"),
                config.getBytes("header-name-max").intValue(),
                config.getBytes("body-max"));
    }
}
