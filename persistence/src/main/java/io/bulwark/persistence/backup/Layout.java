package io.bulwark.persistence.backup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the files of a backup go: the data directory, and a folder with one directory for each tablespace.
 *
 * <p>The control file has another name until the restore is whole, so that no server starts on half of one.
 *
 * @param data absolute
 * @param tablespaces absolute
 */
record Layout(Path data, Optional<Path> tablespaces) {
    static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    static final String WAL = "pg_wal";

    /** Behind the names of files that get their own when the restore is whole. */
    static final String UNFINISHED = ".restoring";

    private static final String CONTROL_FILE = "global/pg_control";
    private static final String HERE = "./";
    private static final Pattern TABLESPACE = Pattern.compile("pg_tblspc/([0-9]{1,10})(?:/(.*))?");
    private static final int SHOWN = 5;

    Layout {
        data = data.toAbsolutePath().normalize();
        tablespaces = tablespaces.map(folder -> folder.toAbsolutePath().normalize());
    }

    /**
     * The name as a path below the data directory. The server puts {@code ./} before some.
     *
     * @param backup whose entry it is, for messages
     * @throws RestoreException when it would lead elsewhere
     */
    static String checked(String name, String backup) throws RestoreException {
        int from = name.startsWith(HERE) ? HERE.length() : 0;
        int to = name.endsWith("/") ? name.length() - 1 : name.length();
        String plain = from < to ? name.substring(from, to) : "";
        for (String step : plain.split("/", -1)) {
            if (step.isEmpty() || step.equals(".") || step.equals("..") || step.indexOf('\0') >= 0) {
                throw new RestoreException("The backup " + backup + " has an entry '" + name
                        + "': expected a path below the data directory, nothing is written outside of it");
            }
        }
        return plain;
    }

    /** The oid when this is the place of a tablespace itself, such as {@code pg_tblspc/16385}. */
    static Optional<String> tablespace(String name) {
        Matcher matcher = TABLESPACE.matcher(name);
        return matcher.matches() && matcher.group(2) == null ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    static boolean isWal(String name) {
        return name.equals(WAL) || name.startsWith(WAL + "/");
    }

    /** @param name as {@link #checked} gives it */
    Path place(String name) throws RestoreException {
        Matcher matcher = TABLESPACE.matcher(name);
        if (matcher.matches()) {
            Path own = directoryOf(matcher.group(1));
            return matcher.group(2) == null ? own : own.resolve(matcher.group(2));
        }
        return data.resolve(name.equals(CONTROL_FILE) ? CONTROL_FILE + UNFINISHED : name);
    }

    /** The same, for the link itself where the name is that of a tablespace. */
    Path entry(String name) throws RestoreException {
        Optional<String> oid = tablespace(name);
        return oid.isPresent() ? link(oid.get()) : place(name);
    }

    /** What {@link #place} was given for this path: of all names one, because no two are of one place. */
    String nameOf(Path path) {
        if (tablespaces.isPresent() && path.startsWith(tablespaces.get())) {
            return "pg_tblspc/" + tablespaces.get().relativize(path);
        }
        String name = data.relativize(path).toString();
        return name.equals(CONTROL_FILE + UNFINISHED) ? CONTROL_FILE : name;
    }

    boolean isJournal(Path path) {
        return path.equals(data.resolve(RestoreJournal.NAME));
    }

    /** Of a tablespace. */
    Path directoryOf(String oid) throws RestoreException {
        return tablespaces
                .orElseThrow(() -> new RestoreException(
                        "The backup has the tablespace " + oid + ": give a folder for tablespaces"))
                .resolve(oid);
    }

    /** The link in the data directory that leads to the tablespace. */
    Path link(String oid) {
        return data.resolve("pg_tblspc").resolve(oid);
    }

    /** The file before it has its own name. */
    Path unfinished(String name) {
        return data.resolve(name + UNFINISHED);
    }

    /** Gives the files their own names. */
    void nameEdited(List<String> names) throws IOException {
        for (String name : names) {
            rename(name);
        }
        Files.deleteIfExists(data.resolve("standby.signal"));
    }

    /** The last step: from here on a server starts. */
    void nameControlFile() throws IOException {
        rename(CONTROL_FILE);
    }

    /** An earlier run may have done it. */
    private void rename(String name) throws IOException {
        if (Files.exists(unfinished(name)) || !Files.exists(data.resolve(name))) {
            Files.move(unfinished(name), data.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /**
     * Makes the directories, or takes them when they are empty.
     *
     * @throws RestoreException when there is something in them; the message says what
     */
    void prepare() throws IOException {
        claim(data);
        if (tablespaces.isPresent()) {
            claim(tablespaces.get());
        }
    }

    /** As {@link #prepare}, without making anything. */
    void checkEmpty() throws IOException {
        refuseUnlessEmpty(data);
        if (tablespaces.isPresent()) {
            refuseUnlessEmpty(tablespaces.get());
        }
    }

    private static void claim(Path directory) throws IOException {
        refuseUnlessEmpty(directory);
        Path above = directory.getParent();
        if (above != null) {
            Files.createDirectories(above);
        }
        if (Files.exists(directory)) {
            Files.setPosixFilePermissions(directory, DIRECTORY.value());
        } else {
            Files.createDirectory(directory, DIRECTORY);
        }
    }

    private static void refuseUnlessEmpty(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        if (!Files.isDirectory(directory)) {
            throw new RestoreException(directory + " is a file: expected an empty directory, or none");
        }
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> found.add(String.valueOf(entry.getFileName())));
        }
        if (found.contains(RestoreJournal.NAME)) {
            throw new RestoreException(
                    directory + " has an unfinished restore"
                            + RestoreJournal.backupIn(directory)
                                    .map(id -> " of the backup " + id)
                                    .orElse("")
                            + ": go on with it (--resume), or remove it; a restore needs an empty directory, and removes nothing");
        }
        if (!found.isEmpty()) {
            throw new RestoreException(directory + " is not empty: there is "
                    + String.join(", ", found.stream().sorted().limit(SHOWN).toList())
                    + (found.size() > SHOWN ? " and " + (found.size() - SHOWN) + " more" : "")
                    + "; a restore needs an empty directory, and removes nothing");
        }
    }

    /** Removes everything that a broken-off restore wrote; the two directories were empty before. */
    void clear() throws IOException {
        Contents.of(data).deleteAll();
        if (tablespaces.isPresent()) {
            Contents.of(tablespaces.get()).deleteAll();
        }
    }
}
