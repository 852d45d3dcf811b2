package io.bulwark.http.ratelimit;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.headers.RawHeader;
import io.bulwark.guard.LimitReport;
import io.bulwark.ratelimit.Algorithm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tells clients where their limits stand: {@code RateLimit-Policy} and {@code RateLimit} as in
 * draft-ietf-httpapi-ratelimit-headers-10, both lists of RFC 9651 strings with parameters, one member per limit. Names
 * of limits need no escaping, and capacities are within RFC 9651's integers.
 */
public final class RateLimitHeaders {
    /** The limit that would refuse first: the fewest remaining, of those the one that takes longest to be fresh. */
    private static final Comparator<LimitReport> TIGHTEST = Comparator.comparingLong(LimitReport::remaining)
            .thenComparing(LimitReport::resetAfter, Comparator.reverseOrder());

    private RateLimitHeaders() {}

    /**
     * The headers for these limits, in the reports' order; none when there are no limits. Times are seconds, rounded
     * up, so that a client that waits for one is not early.
     *
     * @param legacy whether to add {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset} (seconds from now)
     *     of the limit that would refuse first
     */
    public static List<HttpHeader> of(List<LimitReport> reports, boolean legacy) {
        if (reports.isEmpty()) {
            return List.of();
        }
        List<HttpHeader> headers = new ArrayList<>();
        headers.add(RawHeader.create("RateLimit-Policy", listed(reports, RateLimitHeaders::policy)));
        headers.add(RawHeader.create("RateLimit", listed(reports, RateLimitHeaders::level)));
        if (legacy) {
            addLegacy(headers, reports.stream().min(TIGHTEST).orElseThrow());
        }
        return List.copyOf(headers);
    }

    /** Whole seconds, rounded up. */
    public static long secondsUp(Duration duration) {
        return duration.plusNanos(999_999_999).toSeconds();
    }

    private static String listed(List<LimitReport> reports, Function<LimitReport, String> member) {
        return reports.stream().map(member).collect(Collectors.joining(", "));
    }

    /** Concurrency has a quota and no window. */
    private static String policy(LimitReport report) {
        String quota = "\"" + report.limit() + "\";q=" + report.capacity();
        return report.algorithm() == Algorithm.CONCURRENCY ? quota : quota + ";w=" + secondsUp(report.per());
    }

    private static String level(LimitReport report) {
        return "\"" + report.limit() + "\";r=" + report.remaining() + ";t=" + secondsUp(report.resetAfter());
    }

    private static void addLegacy(List<HttpHeader> headers, LimitReport tightest) {
        headers.add(RawHeader.create("X-RateLimit-Limit", Long.toString(tightest.capacity())));
        headers.add(RawHeader.create("X-RateLimit-Remaining", Long.toString(tightest.remaining())));
        headers.add(RawHeader.create("X-RateLimit-Reset", Long.toString(secondsUp(tightest.resetAfter()))));
    }
}
