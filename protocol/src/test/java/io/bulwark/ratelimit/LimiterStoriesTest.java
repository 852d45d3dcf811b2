package io.bulwark.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Stories as tables: seconds since a full minute, what is asked, and the answer. {@code refund 2 of 1.5} gives back 2 of
 * what was spent at 1.5.
 */
class LimiterStoriesTest {
    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

    private Limiter limiter = new Concurrency(1);
    private Level level = limiter.fresh(START);

    @Test
    void tokenBucket_ofFourRefilledByTwoEachSecond() {
        play(Algorithm.TOKEN_BUCKET, 4, 2, Duration.ofSeconds(1), """
                0    | spend 3       | allowed, 1 left, fresh in PT1.5S
                0    | spend 2       | refused, 1 left, again in PT0.5S, fresh in PT1.5S
                0    | spend 5       | refused, 1 left, again in PT1.5S, fresh in PT1.5S
                0.5  | spend 2       | allowed, 0 left, fresh in PT2S
                0.6  | spend 1       | refused, 0 left, again in PT0.4S, fresh in PT1.9S
                0.1  | spend 1       | refused, 0 left, again in PT0.9S, fresh in PT2.4S
                1    | spend 0       | allowed, 1 left, fresh in PT1.5S
                1    | charge 7      | 0 left, fresh in PT4S
                2.9  | spend 1       | refused, 0 left, again in PT0.6S, fresh in PT2.1S
                3    | refund 2 of 1 | 2 left, fresh in PT1S
                3    | spend 2       | allowed, 0 left, fresh in PT2S
                99   | spend 4       | allowed, 0 left, fresh in PT2S
                """);
    }

    @Test
    void leakyBucket_ofThreeDrainedByOneEachSecond() {
        play(Algorithm.LEAKY_BUCKET, 3, 1, Duration.ofSeconds(1), """
                0    | spend 1 | allowed, 2 left, fresh in PT1S
                0    | spend 1 | allowed, 1 left, fresh in PT2S, starts in PT1S
                0    | spend 1 | allowed, 0 left, fresh in PT3S, starts in PT2S
                0    | spend 1 | refused, 0 left, again in PT1S, fresh in PT3S
                1    | spend 1 | allowed, 0 left, fresh in PT3S, starts in PT2S
                1.5  | spend 0 | allowed, 0 left, fresh in PT2.5S
                9    | spend 2 | allowed, 1 left, fresh in PT2S
                9    | spend 1 | allowed, 0 left, fresh in PT3S, starts in PT2S
                """);
    }

    /** Slots of a second; what is spent at 0.5 leaves with its slot, at 1 + 32 s less a nanosecond. */
    @Test
    void slidingWindow_ofFiveIn32Seconds() {
        play(Algorithm.SLIDING_WINDOW, 5, 5, Duration.ofSeconds(32), """
                0.5  | spend 2         | allowed, 3 left, fresh in PT32.499999999S
                7    | spend 3         | allowed, 0 left, fresh in PT32.999999999S
                8    | spend 1         | refused, 0 left, again in PT24.999999999S, fresh in PT31.999999999S
                8    | spend 3         | refused, 0 left, again in PT31.999999999S, fresh in PT31.999999999S
                8    | refund 1 of 7   | 1 left, fresh in PT31.999999999S
                8    | spend 1         | allowed, 0 left, fresh in PT32.999999999S
                32.5 | spend 1         | refused, 0 left, again in PT0.499999999S, fresh in PT8.499999999S
                33   | spend 2         | allowed, 0 left, fresh in PT32.999999999S
                9    | spend 1         | refused, 0 left, again in PT30.999999999S, fresh in PT56.999999999S
                39.9 | charge 4        | 0 left, fresh in PT32.099999999S
                71   | spend 4         | refused, 1 left, again in PT0.999999999S, fresh in PT0.999999999S
                72   | spend 5         | allowed, 0 left, fresh in PT32.999999999S
                """);
    }

    @Test
    void fixedWindow_ofThreeInTenSeconds() {
        play(Algorithm.FIXED_WINDOW, 3, 3, Duration.ofSeconds(10), """
                9    | spend 3       | allowed, 0 left, fresh in PT1S
                9.5  | spend 1       | refused, 0 left, again in PT0.5S, fresh in PT0.5S
                10   | spend 3       | allowed, 0 left, fresh in PT10S
                9.9  | spend 1       | refused, 0 left, again in PT10.1S, fresh in PT10.1S
                12   | refund 2 of 9 | 0 left, fresh in PT8S
                12   | refund 2 of 10 | 2 left, fresh in PT8S
                13   | spend 2       | allowed, 0 left, fresh in PT7S
                19   | charge 9      | 0 left, fresh in PT1S
                20   | spend 0       | allowed, 3 left, fresh in PT0S
                """);
    }

    /** {@code hold 2 as 7 for 3} holds 2 under the name 7 for three seconds. */
    @Test
    void concurrency_ofThree() {
        play(Algorithm.CONCURRENCY, 3, 3, Duration.ofSeconds(1), """
                0    | hold 2 as 7 for 5 | allowed, 1 left, fresh in PT5S
                1    | hold 1 as 8 for 1 | allowed, 0 left, fresh in PT4S
                1.5  | hold 1 as 9 for 9 | refused, 0 left, again in PT0.5S, fresh in PT3.5S
                1.5  | hold 2 as 9 for 9 | refused, 0 left, again in PT3.5S, fresh in PT3.5S
                1.5  | hold 4 as 9 for 9 | refused, 0 left, again in PT3.5S, fresh in PT3.5S
                1.6  | free 0 as 7       | 2 left, fresh in PT0.4S
                1.6  | free 0 as 6       | 2 left, fresh in PT0.4S
                1.6  | hold 2 as 9 for 2 | allowed, 0 left, fresh in PT2S
                1.6  | spend 1           | refused, 0 left, again in PT0.4S, fresh in PT2S
                2    | spend 1           | allowed, 1 left, fresh in PT1.6S
                3.6  | spend 0           | allowed, 3 left, fresh in PT0S
                """);
    }

    private void play(Algorithm algorithm, long capacity, long refill, Duration per, String story) {
        limiter = Limiter.of(Policies.policy(algorithm, capacity, refill, per));
        level = limiter.fresh(START);
        String told = story.lines().map(this::tell).collect(Collectors.joining("\n", "", "\n"));
        assertThat(told).isEqualTo(story);
    }

    private String tell(String line) {
        String[] cells = line.split(" *\\| *", 3);
        String[] words = cells[1].split(" ", -1);
        Instant now = at(cells[0]);
        long cost = Long.parseLong(words[1]);
        String answer = switch (words[0]) {
            case "spend" -> told(limiter.acquire(level, cost, now));
            case "hold" ->
                told(concurrency().hold(level, Long.parseLong(words[3]), cost, now.plus(seconds(words[5])), now));
            case "free" -> become(concurrency().release(level, Long.parseLong(words[3]), now), now);
            case "charge" -> become(limiter.charge(level, cost, now), now);
            case "refund" -> become(limiter.refund(level, cost, at(words[3]), now), now);
            default -> throw new IllegalArgumentException("The story says '" + words[0] + "'");
        };
        return line.substring(0, line.lastIndexOf(cells[2])) + answer;
    }

    private Concurrency concurrency() {
        return (Concurrency) limiter;
    }

    private String told(Decision decision) {
        level = decision.level();
        String starts = decision.delay().isZero() ? "" : ", starts in " + decision.delay();
        String again = decision.allowed() ? "" : ", again in " + decision.retryAfter();
        return (decision.allowed() ? "allowed, " : "refused, ") + decision.remaining() + " left" + again + ", fresh in "
                + decision.resetAfter() + starts;
    }

    private String become(Level next, Instant now) {
        level = next;
        Decision look = limiter.acquire(level, 0, now);
        return look.remaining() + " left, fresh in " + look.resetAfter();
    }

    private static Instant at(String seconds) {
        return START.plus(seconds(seconds));
    }

    private static Duration seconds(String number) {
        return Duration.ofMillis(Math.round(Double.parseDouble(number) * 1_000));
    }
}
