package io.bulwark.persistence.archive;

import io.bulwark.grammar.Ranges;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * How the log is archived.
 *
 * @param slot the replication slot by which the server keeps its log for the archiver: lower-case letters, digits and _,
 *     at most 63. It is made when it is missing, and whoever uses it is sent away from it
 * @param applicationName by which the server knows the archiver; it is what stands in {@code synchronous_standby_names}
 *     for {@link Durability#SYNCHRONOUS}: letters, digits and _, not a digit first, at most 63, so that it needs no quotes
 * @param retainedBytesMax how much log the server may keep for the slot before the status raises an alarm, 16 MiB or more.
 *     The server's own {@code max_slot_wal_keep_size} is what ends the keeping, with a gap
 * @param silenceMax after which a connection without a sign of life is given up, by both sides, 2 s to 5 min
 * @param watchEvery how often the server is asked about the slot, 100 ms to 1 h
 */
public record ArchiverSettings(
        String slot,
        String applicationName,
        Durability durability,
        OnGap onGap,
        long retainedBytesMax,
        Duration silenceMax,
        Duration watchEvery) {
    /** When the server may take its log for archived. */
    public enum Durability {
        /**
         * When a segment is whole and stored; of a begun one, what is there is stored when the server asks for a sign of
         * life, which it does when it had none for half of {@code silenceMax}, and before it stops.
         */
        ASYNCHRONOUS,
        /**
         * When the bytes are stored, as they come. With the archiver in {@code synchronous_standby_names} (and
         * {@code synchronous_commit} on; not {@code remote_apply}, for there is nothing to apply) a commit waits for it.
         */
        SYNCHRONOUS
    }

    /** What to do when the server has dropped log that the archive does not hold. */
    public enum OnGap {
        /** End with {@link ArchiverEnd.Reason#GAP}. */
        STOP,
        /** Leave the gap and begin where the server's log begins. Backups taken before it cannot be restored beyond it. */
        BEGIN_ANEW
    }

    // Before the settings below, which are checked with them.
    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Pattern APPLICATION = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

    /** Asynchronous, alarm at 10 GiB, a connection given up after 10 s, the slot looked at every 10 s. */
    public static final ArchiverSettings DEFAULT = new ArchiverSettings(
            "bulwark_archiver",
            "bulwark_archiver",
            Durability.ASYNCHRONOUS,
            OnGap.STOP,
            10L << 30,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10));

    /** @throws IllegalArgumentException when a member is outside its range; the message names it */
    public ArchiverSettings {
        check("slot", slot, SLOT, "lower-case letters, digits and _, at most 63");
        check("applicationName", applicationName, APPLICATION, "letters, digits and _, not a digit first, at most 63");
        Ranges.check("retainedBytesMax", retainedBytesMax, 16L << 20, Long.MAX_VALUE);
        Ranges.check("silenceMax", silenceMax, Duration.ofSeconds(2), Duration.ofMinutes(5));
        Ranges.check("watchEvery", watchEvery, Duration.ofMillis(100), Duration.ofHours(1));
    }

    private static void check(String member, String value, Pattern form, String expected) {
        if (!form.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "The archiver's " + member + " is '" + value + "': expected " + expected);
        }
    }

    /** The same with this durability. */
    public ArchiverSettings with(Durability other) {
        return new ArchiverSettings(slot, applicationName, other, onGap, retainedBytesMax, silenceMax, watchEvery);
    }

    /** The same with this answer to a gap. */
    public ArchiverSettings with(OnGap other) {
        return new ArchiverSettings(slot, applicationName, durability, other, retainedBytesMax, silenceMax, watchEvery);
    }

    /** The same with this bound of retained log, and asking for it so often. */
    public ArchiverSettings withRetained(long bytesMax, Duration every) {
        return new ArchiverSettings(slot, applicationName, durability, onGap, bytesMax, silenceMax, every);
    }

    /** The same with this longest silence. */
    public ArchiverSettings withSilenceMax(Duration longest) {
        return new ArchiverSettings(slot, applicationName, durability, onGap, retainedBytesMax, longest, watchEvery);
    }
}
