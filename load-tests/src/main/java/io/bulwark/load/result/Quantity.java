package io.bulwark.load.result;

import java.util.Map;
import java.util.Optional;

/**
 * A unit as figures and assertions write it: what kind of thing it measures, and how many of that kind's base it is.
 *
 * @param kind what can be compared: {@code time}, {@code size}, {@code share}, {@code count} or {@code rate}
 * @param of what is counted, such as {@code calls}; empty when nothing was said, which agrees with everything
 * @param factor of the base: seconds, bytes, one, one, one per second
 */
record Quantity(Kind kind, String of, double factor) {
    private static final Map<String, Double> SECONDS = Map.ofEntries(
            Map.entry("ns", 1e-9),
            Map.entry("us", 1e-6),
            Map.entry("µs", 1e-6),
            Map.entry("ms", 1e-3),
            Map.entry("s", 1.0),
            Map.entry("min", 60.0),
            Map.entry("h", 3_600.0));
    private static final Map<String, Double> BYTES = Map.ofEntries(
            Map.entry("B", 1.0),
            Map.entry("kB", 1e3),
            Map.entry("KB", 1e3),
            Map.entry("MB", 1e6),
            Map.entry("GB", 1e9),
            Map.entry("KiB", 0x1p10),
            Map.entry("MiB", 0x1p20),
            Map.entry("GiB", 0x1p30));

    /** Kinds of quantity. */
    enum Kind {
        TIME,
        SIZE,
        SHARE,
        COUNT,
        RATE
    }

    /** Reads a unit; one that is not known counts things of its name. */
    static Quantity of(String unit) {
        if (SECONDS.containsKey(unit)) {
            return new Quantity(Kind.TIME, "", SECONDS.get(unit));
        }
        if (BYTES.containsKey(unit)) {
            return new Quantity(Kind.SIZE, "", BYTES.get(unit));
        }
        if (unit.equals("%")) {
            return new Quantity(Kind.SHARE, "", 0.01);
        }
        return perTime(unit).orElseGet(() -> new Quantity(unit.isEmpty() ? Kind.SHARE : Kind.COUNT, unit, 1));
    }

    private static Optional<Quantity> perTime(String unit) {
        int slash = unit.lastIndexOf('/');
        Optional<Double> time = Optional.ofNullable(slash < 0 ? null : SECONDS.get(unit.substring(slash + 1)));
        return time.map(seconds -> {
            Quantity counted = of(unit.substring(0, slash));
            String of = counted.kind() == Kind.SIZE ? "bytes" : counted.of();
            return new Quantity(Kind.RATE, of, counted.factor() / seconds);
        });
    }

    /** Whether values of the two can be held against each other. */
    boolean comparesWith(Quantity other) {
        return kind == other.kind() && (of.isEmpty() || other.of().isEmpty() || of.equals(other.of()));
    }

    /** A value of another unit of the same kind, in this one. */
    double from(double value, Quantity other) {
        return value * other.factor() / factor;
    }
}
