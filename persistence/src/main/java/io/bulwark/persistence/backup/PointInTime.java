package io.bulwark.persistence.backup;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.postgresql.replication.LogSequenceNumber;

/** Up to where a restored server replays WAL. The server opens for writing when it is there, on a new timeline. */
public sealed interface PointInTime {
    /** All WAL that the restore command has. */
    record End() implements PointInTime {}

    /**
     * The last transaction that was committed at or before this time.
     *
     * @param time by the server's clock, to the microsecond; what is finer is cut off
     */
    record At(Instant time) implements PointInTime {
        private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                        "uuuu-MM-dd HH:mm:ss.SSSSSS'+00'", Locale.ROOT)
                .withZone(ZoneOffset.UTC);

        /** Cuts off what the server cannot tell apart. */
        public At {
            time = time.truncatedTo(ChronoUnit.MICROS);
        }
    }

    /** The position itself is replayed too. */
    record Lsn(LogSequenceNumber position) implements PointInTime {
        /** @throws IllegalArgumentException when it is none */
        public Lsn {
            if (position.equals(LogSequenceNumber.INVALID_LSN)) {
                throw new IllegalArgumentException("The LSN is 0/0: expected a position such as 0/3000148");
            }
        }

        /**
         * @param text such as {@code 0/3000148}
         * @throws IllegalArgumentException when it is no position
         */
        public static Lsn parse(String text) {
            if (!text.matches("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")) {
                throw new IllegalArgumentException("The LSN is '" + text + "': expected a position such as 0/3000148");
            }
            return new Lsn(LogSequenceNumber.valueOf(text));
        }
    }

    /**
     * A point that was made with {@code pg_create_restore_point}.
     *
     * @param name 1 to {@value #NAME_CHARS_MAX} characters
     */
    record NamedPoint(String name) implements PointInTime {
        static final int NAME_CHARS_MAX = 63;

        /** @throws IllegalArgumentException when the server could not have such a point */
        public NamedPoint {
            if (name.isEmpty() || name.length() > NAME_CHARS_MAX || name.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("The name of the restore point is '" + name + "': expected 1 to "
                        + NAME_CHARS_MAX + " characters without control characters");
            }
        }
    }

    /** The setting of PostgreSQL that says it, by name; none for the end. */
    default Map<String, String> target() {
        return switch (this) {
            case End() -> Map.of();
            case At(Instant time) -> Map.of("recovery_target_time", At.FORMAT.format(time));
            case Lsn(LogSequenceNumber position) -> Map.of("recovery_target_lsn", position.asString());
            case NamedPoint(String name) -> Map.of("recovery_target_name", name);
        };
    }
}
