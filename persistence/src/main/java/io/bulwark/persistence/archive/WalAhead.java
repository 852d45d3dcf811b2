package io.bulwark.persistence.archive;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.WalStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * Fetches all of the log that a restore may need before its server starts, so that the server needs neither the repository
 * nor its keys: its {@code restore_command} is a copy from a folder.
 */
public final class WalAhead {
    private static final Pattern HISTORY = Pattern.compile("[0-9A-F]{8}\\.history");
    private static final int SEGMENT_NAME_CHARS = 24;

    private final WalStore archive;
    private final WalReader reader;

    public WalAhead(WalStore archive) {
        this.archive = archive;
        this.reader = new WalReader(archive);
    }

    /**
     * Writes every segment from a position on, of all timelines, and their histories.
     *
     * @param from where replay begins
     * @param folder made if it is missing; what is there by a needed name is replaced
     * @param fetched told how many files are there already, after each
     * @return how many files there are; 0 when the archive has nothing from there on
     * @throws IOException when the archive cannot be read, or the folder not be written
     */
    public int fetch(Lsn from, Path folder, LongConsumer fetched) throws IOException {
        List<String> needed = needed(from);
        Files.createDirectories(folder);
        int done = 0;
        for (String name : needed) {
            if (reader.fetch(name, folder.resolve(name))) {
                done++;
                fetched.accept(done);
            }
        }
        return done;
    }

    /**
     * A file that {@link #fetch} writes.
     *
     * @param storedBytes what is read of it from the store
     * @param plainBytes what is written
     */
    public record Needed(String name, long storedBytes, long plainBytes) {}

    /** What {@link #fetch} reads and writes, in order. */
    public List<Needed> plan(Lsn from) throws StoreTrouble {
        SortedMap<String, Long> stored = archive.storedBytes();
        List<Needed> plan = new ArrayList<>();
        long segmentBytes = 0;
        for (String name : needed(from)) {
            if (HISTORY.matcher(name).matches()) {
                plan.add(new Needed(name, stored.getOrDefault(name, 0L), stored.getOrDefault(name, 0L)));
                continue;
            }
            segmentBytes = segmentBytes == 0 ? WalNeeded.size(archive, name).bytes() : segmentBytes;
            // Of one that is not whole yet, its pieces.
            long pieces = stored.subMap(name + ".partial/", name + ".partial0").values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            plan.add(new Needed(name, stored.getOrDefault(name, pieces), segmentBytes));
        }
        return plan;
    }

    /** The names of what {@link #fetch} writes, in order. */
    public List<String> needed(Lsn from) throws StoreTrouble {
        TreeSet<String> segments = new TreeSet<>();
        TreeSet<String> histories = new TreeSet<>();
        for (String name : archive.names()) {
            if (HISTORY.matcher(name).matches()) {
                histories.add(name);
            } else if (name.length() >= SEGMENT_NAME_CHARS
                    && WalSegment.isName(name.substring(0, SEGMENT_NAME_CHARS))) {
                segments.add(name.substring(0, SEGMENT_NAME_CHARS));
            }
        }
        if (segments.isEmpty()) {
            return List.of();
        }
        SegmentSize size = WalNeeded.size(archive, segments.first());
        long first = size.numberOf(from);
        histories.addAll(segments.stream()
                .filter(name -> WalSegment.parse(name, size)
                        .filter(segment -> segment.number() >= first)
                        .isPresent())
                .toList());
        return List.copyOf(histories);
    }
}
