package io.bulwark.load.comparison;

import io.bulwark.load.node.Distribution;
import io.bulwark.load.node.PostgresServer;
import io.bulwark.load.node.Programs;
import io.bulwark.load.node.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code bulwark backup} and {@code restore} of one server, compressed and encrypted, with a directory as repository. */
final class BackupCommands {
    private final Path repository;
    private final Path keys;
    private final PostgresServer server;

    /** @param name of the folder under the scratch directory; what stood there is deleted */
    BackupCommands(String name, PostgresServer server) {
        Path home = Scratch.empty(name);
        this.repository = home.resolve("repository");
        this.keys = home.resolve("keys");
        this.server = server;
        try {
            Files.writeString(keys, run("backup", "key", "--id", "comparison").strip() + "\n");
            Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(keys + " could not be written", e);
        }
    }

    /** Takes a backup and returns its id. */
    String take(String kind) {
        return lastLine(run("backup", "take", "--kind", kind));
    }

    /** Lists what there is, which is next to nothing to do. */
    void list() {
        run("backup", "list");
    }

    /** Restores a backup into a folder that is not there yet. */
    void restore(String backup, Path into) {
        run("restore", "--backup", backup, "--to", into.toString());
    }

    /** Removes a backup. */
    void delete(String backup) {
        run("backup", "delete", backup);
    }

    /** What a backup takes in the repository. */
    long storedBytes(String backup) {
        return bytes(repository.resolve("backups").resolve(backup));
    }

    /** All files below a folder together. */
    static long bytes(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            long bytes = 0;
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " could not be measured", e);
        }
    }

    private String run(String... words) {
        List<String> all = new ArrayList<>(List.of(
                "env",
                "BULWARK_BACKUP_REPOSITORY=" + repository,
                "BULWARK_BACKUP_KEY_FILE=" + keys,
                "BULWARK_BACKUP_DATABASE_URL=" + PostgresServer.url("127.0.0.1", server.port(), "bulwark"),
                "BULWARK_BACKUP_DATABASE_USER=" + PostgresServer.USER,
                "BULWARK_BACKUP_DATABASE_PASSWORD=" + PostgresServer.PASSWORD,
                "BULWARK_DATA_DIR=" + repository.resolveSibling("data"),
                "JAVA_HOME=" + System.getProperty("java.home"),
                Distribution.packaged().home().resolve("bin/bulwark").toString()));
        all.addAll(List.of(words));
        return Programs.run(all, "");
    }

    /** The id comes last, behind what is said on the way. */
    private static String lastLine(String printed) {
        return printed.lines()
                .filter(line -> !line.isBlank())
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new IllegalStateException("`bulwark backup take` printed nothing"));
    }
}
