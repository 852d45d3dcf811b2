package io.bulwark.http.server;

import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Where one call stands in a distributed trace (W3C Trace Context, Recommendation of November 2021).
 *
 * @param traceId 32 lower-case hexadecimal digits, shown in problems and logs
 * @param traceparent the header to forward: the same trace under a span of this node
 */
public record TraceContext(String traceId, String traceparent) {
    private static final int LENGTH = 55;
    private static final HexFormat HEX = HexFormat.of();

    /** Continues the trace of a {@code traceparent} header, or begins one when it is absent or invalid. */
    public static TraceContext of(Optional<String> traceparent, RandomGenerator random) {
        return traceparent
                .filter(TraceContext::isValid)
                .map(value -> under(value.substring(3, 35), flags(value), random))
                .orElseGet(() -> begin(random));
    }

    /** Begins a trace; it is sampled, which is what a root span gets from the samplers that services use by default. */
    public static TraceContext begin(RandomGenerator random) {
        return under(HEX.toHexDigits(random.nextLong()) + HEX.toHexDigits(notZero(random)), "01", random);
    }

    private static TraceContext under(String traceId, String flags, RandomGenerator random) {
        return new TraceContext(traceId, "00-" + traceId + "-" + HEX.toHexDigits(notZero(random)) + "-" + flags);
    }

    /** Of the flags only {@code sampled} has a meaning that this node knows; unknown ones must not be passed on. */
    private static String flags(String traceparent) {
        return HexFormat.fromHexDigits(traceparent, 53, 55) % 2 == 0 ? "00" : "01";
    }

    /** A later version than 00 may be longer, and begins in the same way. */
    private static boolean isValid(String value) {
        return value.length() >= LENGTH
                && isHex(value, 0, 2)
                && isHex(value, 3, 35)
                && isHex(value, 36, 52)
                && isHex(value, 53, 55)
                && value.charAt(2) == '-'
                && value.charAt(35) == '-'
                && value.charAt(52) == '-'
                && isKnownLength(value)
                && !isZero(value, 3, 35)
                && !isZero(value, 36, 52);
    }

    private static boolean isKnownLength(String value) {
        return switch (value.substring(0, 2)) {
            case "ff" -> false;
            case "00" -> value.length() == LENGTH;
            default -> value.length() == LENGTH || value.charAt(LENGTH) == '-';
        };
    }

    private static boolean isHex(String value, int from, int to) {
        return value.substring(from, to).chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    private static boolean isZero(String value, int from, int to) {
        return value.substring(from, to).chars().allMatch(c -> c == '0');
    }

    private static long notZero(RandomGenerator random) {
        long number = random.nextLong();
        return number == 0 ? 1 : number;
    }
}
