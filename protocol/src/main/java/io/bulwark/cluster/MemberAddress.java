package io.bulwark.cluster;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.net.Inet6Address;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where the other members reach a member, which is also its name: written {@code host:port}, an IPv6 address in square
 * brackets. Two addresses are the same member only if they are written alike; capitals do not count.
 *
 * @param host a host name, an IPv4 address, or an IPv6 address without brackets; in small letters
 * @param port 1 to 65535
 */
public record MemberAddress(String host, int port) implements Comparable<MemberAddress> {
    private static final int HOST_LENGTH_MAX = 253;
    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9]([a-z0-9_.-]*[a-z0-9])?");
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

    /** @throws IllegalArgumentException when a part is outside its grammar; the message names it */
    public MemberAddress {
        host = host.toLowerCase(Locale.ROOT);
        if (host.length() > HOST_LENGTH_MAX || !(HOST_NAME.matcher(host).matches() || isIpv6(host))) {
            throw refused(host, "the host to be a host name or an IP address");
        }
        if (port < 1 || port > 65_535) {
            throw refused(Integer.toString(port), "the port to be 1 to 65535");
        }
    }

    /**
     * Reads {@code host:port} or {@code [host]:port}.
     *
     * @throws IllegalArgumentException when it is written otherwise; the message names what was expected
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static MemberAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !PORT.matcher(text.substring(colon + 1)).matches()) {
            throw refused(text, "host:port with a port of 1 to 65535, such as 127.0.0.1:25520");
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed != host.indexOf(':') >= 0) {
            throw refused(text, "an IPv6 address, and only that, in square brackets, such as [::1]:25520");
        }
        return new MemberAddress(
                bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(text.substring(colon + 1)));
    }

    @Override
    public int compareTo(MemberAddress other) {
        int byHost = host.compareTo(other.host);
        return byHost != 0 ? byHost : Integer.compare(port, other.port);
    }

    @JsonValue
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    private static boolean isIpv6(String host) {
        if (host.indexOf(':') < 0 || host.indexOf('%') >= 0 || host.startsWith("[")) {
            return false;
        }
        try {
            Inet6Address.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static IllegalArgumentException refused(String value, String expected) {
        String shown = value.length() <= HOST_LENGTH_MAX ? value : value.substring(0, HOST_LENGTH_MAX) + "…";
        return new IllegalArgumentException("'" + shown + "' is not the address of a member: expected " + expected);
    }
}
