package io.bulwark.persistence.archive;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.WalStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The timeline that a server is on, and those that it came from.
 *
 * @param current 1 or more
 * @param past the earlier ones, the oldest first
 */
public record Timelines(int current, List<Past> past) {
    private static final Pattern HISTORY = Pattern.compile("[0-9A-F]{8}\\.history");

    /**
     * An earlier timeline.
     *
     * @param until where the next one branches off
     */
    public record Past(int timeline, Lsn until) {}

    /** @throws IllegalArgumentException when the positions do not rise or a timeline is not below the next one */
    public Timelines {
        past = List.copyOf(past);
        for (int i = 0; i < past.size(); i++) {
            int next = i + 1 < past.size() ? past.get(i + 1).timeline() : current;
            if (past.get(i).timeline() >= next
                    || (i > 0 && past.get(i - 1).until().isAfter(past.get(i).until()))) {
                throw new IllegalArgumentException(
                        "The history of timeline " + current + " is " + past + ": expected rising timelines and LSNs");
            }
        }
    }

    /** Of a server that was never promoted. */
    public static Timelines first() {
        return new Timelines(1, List.of());
    }

    /**
     * Reads a history file: a line for each earlier timeline, {@code 1<tab>0/A000198<tab>reason}.
     *
     * @throws IllegalArgumentException when a line is of another form
     */
    public static Timelines parse(int current, String history) {
        List<Past> past = new ArrayList<>();
        for (String line : history.lines().map(String::strip).toList()) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                past.add(past(current, line));
            }
        }
        return new Timelines(current, past);
    }

    /**
     * Of the newest timeline whose history the archive holds: where a restore from it leads to.
     *
     * @throws StoreTrouble when the archive cannot be read
     */
    public static Timelines newestOf(WalStore archive) throws StoreTrouble {
        Optional<String> newest = archive.names().stream()
                .filter(name -> HISTORY.matcher(name).matches())
                .max(Comparator.naturalOrder());
        Optional<InputStream> found = newest.isEmpty() ? Optional.empty() : archive.get(newest.get());
        if (newest.isEmpty() || found.isEmpty()) {
            return first();
        }
        try (InputStream content = found.get()) {
            String history = new String(content.readAllBytes(), StandardCharsets.US_ASCII);
            return parse(Integer.parseInt(newest.get(), 0, 8, 16), history);
        } catch (StoreTrouble trouble) {
            throw trouble;
        } catch (IOException e) {
            throw new StoreTrouble(StoreTrouble.Kind.FAILED, "The history " + newest.get() + " cannot be read", e);
        }
    }

    /** Whether the way to the current timeline leads through this position of this timeline. */
    public boolean leadsThrough(int timeline, Lsn position) {
        return timeline >= current
                || past.stream()
                        .anyMatch(earlier -> earlier.timeline() == timeline && !position.isAfter(earlier.until()));
    }

    private static Past past(int current, String line) {
        String[] fields = line.split("\\s+", 3);
        if (fields.length < 2 || !fields[0].matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("The history of timeline " + current + " has the line '" + line
                    + "': expected a timeline and an LSN");
        }
        return new Past(Integer.parseInt(fields[0]), Lsn.parse(fields[1]));
    }

    /** The name of a timeline's history file, such as {@code 00000002.history}. */
    static String historyName(int timeline) {
        return String.format(Locale.ROOT, "%08X.history", timeline);
    }

    /**
     * On which timeline the segment of this number is read. The segment within which a timeline branches off belongs to
     * the new one, which has a copy of its beginning; PostgreSQL's recovery looks for it there too.
     */
    int at(long number, SegmentSize size) {
        for (Past earlier : past) {
            if (number < size.numberOf(earlier.until())) {
                return earlier.timeline();
            }
        }
        return current;
    }

    /** The segment of this number. */
    WalSegment segment(long number, SegmentSize size) {
        return new WalSegment(at(number, size), number);
    }
}
