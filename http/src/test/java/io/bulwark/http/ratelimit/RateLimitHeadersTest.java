package io.bulwark.http.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpHeader;
import io.bulwark.grammar.Name;
import io.bulwark.guard.LimitReport;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.LimitPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Read back with a structured-field parser that is not ours. */
class RateLimitHeadersTest {
    private static final List<Algorithm> ALGORITHMS = List.of(Algorithm.values());
    private static final LimitReport REQUESTS = report("requests", Algorithm.TOKEN_BUCKET, 100, "PT1S", 73, "PT0.54S");
    private static final LimitReport DAILY = report("daily", Algorithm.SLIDING_WINDOW, 100_000, "P1D", 5, "PT23H");
    private static final LimitReport AT_ONCE = report("at-once", Algorithm.CONCURRENCY, 8, "PT1S", 8, "PT0S");

    @Test
    void of_oneLimit_sameAsTheContract() {
        Map<String, String> headers = headers(List.of(REQUESTS), false);

        assertThat(headers).containsOnlyKeys("RateLimit-Policy", "RateLimit");
        assertThat(read(headers, "RateLimit-Policy"))
                .isEqualTo(List.of(new Member("requests", Map.of("q", 100L, "w", 1L))));
        assertThat(read(headers, "RateLimit")).isEqualTo(List.of(new Member("requests", Map.of("r", 73L, "t", 1L))));
    }

    @Test
    void of_severalLimits_oneMemberEachInOrder() {
        Map<String, String> headers = headers(List.of(REQUESTS, DAILY), false);

        assertThat(read(headers, "RateLimit-Policy")).extracting(Member::name).containsExactly("requests", "daily");
        assertThat(read(headers, "RateLimit").get(1)).isEqualTo(new Member("daily", Map.of("r", 5L, "t", 82_800L)));
    }

    @Test
    void of_concurrency_hasNoWindow() {
        Map<String, String> headers = headers(List.of(AT_ONCE), false);

        assertThat(read(headers, "RateLimit-Policy")).isEqualTo(List.of(new Member("at-once", Map.of("q", 8L))));
        assertThat(read(headers, "RateLimit")).isEqualTo(List.of(new Member("at-once", Map.of("r", 8L, "t", 0L))));
    }

    @Test
    void of_noLimits_noHeaders() {
        assertThat(RateLimitHeaders.of(List.of(), true)).isEmpty();
    }

    @Test
    void of_legacy_tellsTheTightestLimit() {
        Map<String, String> headers = headers(List.of(REQUESTS, DAILY), true);

        assertThat(headers)
                .containsEntry("X-RateLimit-Limit", "100000")
                .containsEntry("X-RateLimit-Remaining", "5")
                .containsEntry("X-RateLimit-Reset", "82800");
    }

    @Test
    void of_legacyAndTwoExhausted_tellsTheOneThatTakesLonger() {
        LimitReport soon = report("soon", Algorithm.TOKEN_BUCKET, 10, "PT1S", 0, "PT1S");
        LimitReport later = report("later", Algorithm.FIXED_WINDOW, 20, "PT1M", 0, "PT40S");

        assertThat(headers(List.of(soon, later), true)).containsEntry("X-RateLimit-Limit", "20");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void of_anyReports_parsesBackToTheSameNumbers(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            List<LimitReport> reports = anyReports(random);
            Map<String, String> headers = headers(reports, random.nextBoolean());

            assertThat(read(headers, "RateLimit-Policy"))
                    .isEqualTo(
                            reports.stream().map(RateLimitHeadersTest::policyOf).toList());
            assertThat(read(headers, "RateLimit"))
                    .isEqualTo(
                            reports.stream().map(RateLimitHeadersTest::levelOf).toList());
        }
    }

    private static Member policyOf(LimitReport report) {
        Map<String, Object> parameters = new TreeMap<>(Map.of("q", report.capacity()));
        if (report.algorithm() != Algorithm.CONCURRENCY) {
            parameters.put("w", (long) Math.ceil(report.per().toMillis() / 1000.0));
        }
        return new Member(report.limit().value(), parameters);
    }

    private static Member levelOf(LimitReport report) {
        long seconds = (long) Math.ceil(report.resetAfter().toMillis() / 1000.0);
        return new Member(report.limit().value(), Map.of("r", report.remaining(), "t", seconds));
    }

    private static List<LimitReport> anyReports(SplittableRandom random) {
        List<LimitReport> reports = new ArrayList<>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            long capacity = random.nextLong(1, LimitPolicy.CAPACITY_MAX + 1);
            reports.add(new LimitReport(
                    new Name("l" + i + "._-" + "x".repeat(random.nextInt(50))),
                    ALGORITHMS.get(random.nextInt(ALGORITHMS.size())),
                    capacity,
                    Duration.ofMillis(random.nextLong(1, Duration.ofDays(366).toMillis())),
                    random.nextLong(capacity + 1),
                    Duration.ofMillis(random.nextLong(Duration.ofDays(366).toMillis()))));
        }
        return reports;
    }

    private static LimitReport report(
            String name, Algorithm algorithm, long capacity, String per, long remaining, String resetAfter) {
        return new LimitReport(
                new Name(name), algorithm, capacity, Duration.parse(per), remaining, Duration.parse(resetAfter));
    }

    private static Map<String, String> headers(List<LimitReport> reports, boolean legacy) {
        Map<String, String> byName = new TreeMap<>();
        for (HttpHeader header : RateLimitHeaders.of(reports, legacy)) {
            assertThat(byName.put(header.name(), header.value())).isNull();
        }
        return byName;
    }

    private static List<Member> read(Map<String, String> headers, String name) {
        List<Member> members = new ArrayList<>();
        for (ListElement<?> element :
                Parser.parseList(headers.getOrDefault(name, "")).get()) {
            Map<String, Object> parameters = new TreeMap<>();
            element.getParams().forEach((key, value) -> parameters.put(key, value.get()));
            members.add(new Member(((StringItem) element).get(), parameters));
        }
        return members;
    }

    private record Member(String name, Map<String, Object> parameters) {}
}
