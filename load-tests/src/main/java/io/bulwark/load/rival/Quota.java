package io.bulwark.load.rival;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A token bucket, as every subject of a comparison is told to have it.
 *
 * @param name of the limit
 * @param capacity what may be admitted at once, 1 or more
 * @param perSecond what comes back in a second, 1 to 1,000,000, which is the most that nginx takes
 */
public record Quota(String name, long capacity, long perSecond) {
    private static final Pattern WORD = Pattern.compile("([a-z0-9-]+)=(\\d+)/(\\d+)");
    private static final long PER_SECOND_MAX = 1_000_000;

    public Quota {
        if (capacity < 1) {
            throw new IllegalArgumentException("The capacity of " + name + " is " + capacity + ": expected 1 or more");
        }
        if (perSecond < 1 || perSecond > PER_SECOND_MAX) {
            throw new IllegalArgumentException(
                    "The refill of " + name + " is " + perSecond + " a second: expected 1 to " + PER_SECOND_MAX);
        }
    }

    /** So much that no load of this machine spends it. */
    public static Quota ample() {
        return new Quota("requests", 1_000_000_000, PER_SECOND_MAX);
    }

    /** How a process of ours is told on its command line: {@code name=capacity/perSecond}. */
    String word() {
        return name + "=" + capacity + "/" + perSecond;
    }

    /** Reads several of those words. */
    static Map<String, Quota> byName(String... words) {
        return Arrays.stream(words)
                .map(Quota::parse)
                .collect(Collectors.toUnmodifiableMap(Quota::name, Function.identity()));
    }

    private static Quota parse(String word) {
        Matcher matcher = WORD.matcher(word);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + word + "' is no quota: expected name=capacity/perSecond");
        }
        return new Quota(matcher.group(1), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
    }

    /** The limit in a tenant's policy. */
    public String policy() {
        return "{\"name\":\"" + name + "\",\"algorithm\":\"token-bucket\",\"capacity\":" + capacity + ",\"refill\":"
                + perSecond + ",\"per\":\"PT1S\"}";
    }

    /** The most that may be admitted in so long a time: capacity + refill × time, rounded down. */
    public long admissible(Duration time) {
        return capacity + perSecond * time.toSeconds() + perSecond * time.toNanosPart() / 1_000_000_000L;
    }

    /** How many more were admitted than may be; 0 when the promise was kept. */
    public long overAdmitted(long admitted, Duration time) {
        return Math.max(0, admitted - admissible(time));
    }
}
