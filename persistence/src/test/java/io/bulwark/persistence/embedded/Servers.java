package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Servers for tests that stop, kill and freeze them; unpacking and first starts are done once and copied. */
public final class Servers {
    private Servers() {}

    private static final class Template {
        static final Path DIRECTORY = make();

        private static Path make() {
            try {
                Path target = Files.createDirectories(Path.of("target")).toAbsolutePath();
                Path directory = Files.createTempDirectory(target, "template-server-");
                EmbeddedPostgres.start(directory, Settings.DEFAULT).close();
                return directory;
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    /** Makes the directory look as if the programs had been unpacked there. */
    static void linkPrograms(Path directory) throws IOException {
        String name = "bin-" + Binaries.VERSION;
        Files.createSymbolicLink(directory.resolve(name), Template.DIRECTORY.resolve(name));
    }

    /** Makes the directory look as if a server had been started and stopped there. */
    static void copyStopped(Path directory) throws IOException {
        linkPrograms(directory);
        copy(Template.DIRECTORY.resolve("password"), directory.resolve("password"));
        Path data = Template.DIRECTORY.resolve("data");
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                copy(
                        file,
                        directory.resolve("data").resolve(data.relativize(file).toString()));
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** A server of its own on this empty directory. */
    public static EmbeddedPostgres start(Path directory) {
        try {
            copyStopped(directory);
            return EmbeddedPostgres.start(directory, Settings.DEFAULT);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A server whose data nobody keeps: it does not wait for the disk, so many small databases cost little. */
    public static EmbeddedPostgres startThrowaway(Path directory) {
        try {
            copyStopped(directory);
            Files.writeString(directory.resolve("data/postgresql.local.conf"), "fsync = off\n");
            return EmbeddedPostgres.start(directory, Settings.DEFAULT);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** {@code kill -9} of the postmaster. */
    public static void kill(EmbeddedPostgres server) {
        signal(server.pid(), "KILL");
    }

    /** Stops every process of the server where it is; it neither answers nor breaks its connections. */
    public static List<Long> freeze(Path directory) {
        List<Long> processes = new ServerProcesses(directory.resolve("data")).live();
        processes.forEach(pid -> signal(pid, "STOP"));
        return processes;
    }

    /** Lets frozen processes go on. */
    public static void thaw(List<Long> processes) {
        processes.forEach(pid -> signal(pid, "CONT"));
    }

    private static void signal(long pid, String name) {
        try {
            Programs.signal(pid, name);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
