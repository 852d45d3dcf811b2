package io.bulwark.load.result;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Numbers and times as people read them, the same on every machine. */
final class Numbers {
    private static final double EXACT_BELOW = 1e15;

    private Numbers() {}

    /** Three digits that matter, and never less than the whole part: 0.0123, 4.56, 78.9, 12,345. */
    static String of(double value) {
        double size = Math.abs(value);
        if (size >= 100 || value == 0) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (value == Math.rint(value) && size < EXACT_BELOW) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
        return String.format(Locale.ROOT, "%." + Math.min(decimals, 6) + "f", value);
    }

    /** So many digits after the point. */
    static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /** As many digits after the point as all of them need when they are shown beside each other: none for counts. */
    static int decimals(Collection<Double> values) {
        double largest = values.stream().mapToDouble(Math::abs).max().orElse(0);
        boolean whole = values.stream().allMatch(value -> value == Math.rint(value));
        return whole || largest >= 100 ? 0 : Math.clamp(2 - (int) Math.floor(Math.log10(largest)), 0, 6);
    }

    /** All its digits and no zeros behind them: 1,000, 10, 0.1. */
    static String plain(double value) {
        return fixed(value, decimalsOfTicks(List.of(value)));
    }

    /** The values of an axis, with no more digits than tell them exactly. */
    static int decimalsOfTicks(Collection<Double> ticks) {
        return IntStream.range(0, 6)
                .filter(digits -> ticks.stream().allMatch(tick -> {
                    double scaled = tick * Math.pow(10, digits);
                    return Math.abs(scaled - Math.rint(scaled)) < 1e-6;
                }))
                .findFirst()
                .orElse(6);
    }

    /** A number and its unit; shares near the whole keep the digits that tell them apart. */
    static String of(double value, String unit) {
        if (unit.isEmpty()) {
            return of(value);
        }
        if (unit.equals("%")) {
            return (value > 99 && value < 100 ? shareNearTheWhole(value) : of(value)) + "%";
        }
        return of(value) + (unit.startsWith("/") ? "" : " ") + unit;
    }

    /** 99.98, 99.997: as many decimals as what is missing needs for two digits; never rounded up to 100. */
    private static String shareNearTheWhole(double value) {
        int decimals = Math.clamp(1 - (long) Math.floor(Math.log10(100 - value)), 2, 6);
        double scale = Math.pow(10, decimals);
        return String.format(Locale.ROOT, "%." + decimals + "f", Math.floor(value * scale + 1e-6) / scale);
    }

    /** 0:07, 12:34, 1:02:03. */
    static String clock(double seconds) {
        Duration time = Duration.ofSeconds(Math.round(seconds));
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }

    /** 512 MiB, 15.6 GiB. */
    static String bytes(long bytes) {
        return bytes >= 1L << 30 ? of(bytes / 0x1p30, "GiB") : of(bytes / 0x1p20, "MiB");
    }
}
