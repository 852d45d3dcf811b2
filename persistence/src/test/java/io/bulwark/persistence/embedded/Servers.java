package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
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

    /** A folder in which the programs are unpacked. */
    public static Path programs() {
        return Template.DIRECTORY;
    }

    /** A stopped server's data directory, in this directory. */
    public static Path stopped(Path directory) throws IOException {
        copyStopped(directory);
        return directory.resolve("data");
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

    /**
     * A server whose data nobody keeps: it does not wait for the disk, so many small databases cost little.
     *
     * @param settings more lines for its configuration
     */
    public static EmbeddedPostgres startThrowaway(Path directory, String... settings) {
        try {
            copyStopped(directory);
            Files.writeString(
                    directory.resolve("data/postgresql.local.conf"),
                    "fsync = off\n" + String.join("\n", settings) + "\n");
            return EmbeddedPostgres.start(directory, Settings.DEFAULT);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A server that is made anew: another system than all others here, which are copies of one. */
    public static EmbeddedPostgres startAnother(Path directory) {
        try {
            linkPrograms(directory);
            return EmbeddedPostgres.start(directory, Settings.DEFAULT);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A server on data that is there already, such as a restored one, whose owner has this password. */
    public static EmbeddedPostgres startOn(Path directory, String password) {
        try {
            linkPrograms(directory);
            Files.writeString(directory.resolve("password"), password);
            return EmbeddedPostgres.start(directory, Settings.DEFAULT);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A server of its own with settings of its own, such as {@code fsync = off}. */
    public static EmbeddedPostgres startWith(Path directory, String... settings) {
        try {
            copyStopped(directory);
            Files.write(directory.resolve("data/postgresql.local.conf"), List.of(settings));
            return EmbeddedPostgres.start(directory, Settings.DEFAULT);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /**
     * A server that replays the log in the files, from where all servers of these tests begin, to its end, and then is on
     * a timeline of its own. All of them are copies of one, so the log of each fits.
     */
    public static EmbeddedPostgres startRecovering(Path directory, Path files) {
        try {
            copyStopped(directory);
            Files.createFile(directory.resolve("data/recovery.signal"));
            String restore = "restore_command = 'cp \"" + files.toAbsolutePath() + "/%f\" \"%p\"'";
            Files.write(directory.resolve("data/postgresql.local.conf"), List.of(restore));
            return EmbeddedPostgres.start(directory, Settings.DEFAULT);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A server that waits for the log of another one, and can be read and promoted. */
    public static EmbeddedPostgres startStandby(Path directory) {
        try {
            copyStopped(directory);
            Files.createFile(directory.resolve("data/standby.signal"));
            return EmbeddedPostgres.start(directory, Settings.DEFAULT);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** {@code kill -9} of every process of the server at once; one that has ended by itself meanwhile does not matter. */
    public static void killAll(Path directory) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -s KILL \"$@\" || true", "sh"));
        new ServerProcesses(directory.toRealPath().resolve("data"))
                .live()
                .forEach(pid -> command.add(Long.toString(pid)));
        Programs.run(command, 10);
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
