package io.bulwark.persistence.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a {@link RestoreJournal} told before.
 *
 * @param backups how many of the chain are whole
 * @param parts of the next one that are whole
 * @param entries of the next one that are there: files, directories and links, by their names in the backup
 * @param marks of all files that were not changed since, by their names on the server
 * @param finishing whether all was checked, and only names were to be given
 */
record Recorded(int backups, Set<String> parts, Set<String> entries, Map<String, Mark> marks, boolean finishing) {
    static final Recorded NOTHING = new Recorded(0, Set.of(), Set.of(), Map.of(), false);

    Recorded {
        parts = Set.copyOf(parts);
        entries = Set.copyOf(entries);
        marks = Map.copyOf(marks);
    }

    /** By which a file that was changed is told from one that was not. */
    record Mark(long bytes, long modifiedNanos) {
        static Mark of(Path path) throws IOException {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Mark(attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
        }
    }

    /** @throws RestoreException when there is a line that no journal has */
    static Recorded of(List<String> lines) throws RestoreException {
        Reading reading = new Reading();
        for (String line : lines) {
            try {
                reading.add(line);
            } catch (RuntimeException e) {
                throw new RestoreException(
                        "The file " + RestoreJournal.NAME + " of the unfinished restore has the line '" + line
                                + "', which no restore writes: restore into an empty directory",
                        e);
            }
        }
        return new Recorded(reading.backups, reading.parts, reading.entries, reading.marks, reading.finishing);
    }

    private static final class Reading {
        private final Set<String> parts = new HashSet<>();
        private final Set<String> entries = new HashSet<>();
        private final Map<String, Mark> marks = new HashMap<>();
        private int backups;
        private boolean finishing;

        private void add(String line) {
            String of = line.substring(1);
            switch (line.charAt(0)) {
                case '+' -> file(of.split(" ", 3));
                case 'd' -> entries.add(RestoreJournal.decoded(of));
                case '~' -> {
                    String name = RestoreJournal.decoded(of);
                    entries.remove(name);
                    marks.remove(Unpacking.wholeName(name));
                }
                case 'p' -> parts.add(RestoreJournal.decoded(of));
                case 'b' -> {
                    backups++;
                    parts.clear();
                    entries.clear();
                }
                case 'f' -> finishing = true;
                default -> throw new IllegalArgumentException(line);
            }
        }

        private void file(String[] words) {
            String name = RestoreJournal.decoded(words[2]);
            entries.add(name);
            marks.put(Unpacking.wholeName(name), new Mark(Long.parseLong(words[0]), Long.parseLong(words[1])));
        }
    }
}
