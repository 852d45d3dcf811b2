package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The programs of a PostgreSQL server.
 *
 * @param bin the folder with {@code postgres} in it
 * @param major their version, as it stands in a data directory's {@code PG_VERSION}, such as 18
 */
public record ServerPrograms(Path bin, String major) {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ([0-9]+)");
    private static final int ANSWER_SECONDS_MAX = 30;
    private static final ReentrantLock UNPACKING = new ReentrantLock();

    /** The major version of the programs that Bulwark brings. */
    public static String broughtMajor() {
        return Binaries.MAJOR;
    }

    /**
     * Those that Bulwark brings.
     *
     * @param folder where they are unpacked, once; made if it is missing
     * @throws EmbeddedPostgresException when there are none for this platform
     */
    public static ServerPrograms brought(Path folder) throws IOException {
        Path usable = Files.createDirectories(folder).toRealPath();
        UNPACKING.lock(); // the file's lock is for other processes, and refuses a second thread of this one
        try (FileChannel file = FileChannel.open(
                        usable.resolve("programs.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = file.lock()) {
            return unpacked(Binaries.unpack(usable));
        } finally {
            UNPACKING.unlock();
        }
    }

    /**
     * Those of an installation.
     *
     * @param bin such as {@code /usr/lib/postgresql/16/bin}
     * @throws EmbeddedPostgresException when there is no {@code postgres} that tells its version
     */
    public static ServerPrograms installed(Path bin) throws InterruptedException {
        Path program = bin.resolve("postgres");
        String said;
        try {
            said = Programs.run(List.of(program.toString(), "--version"), ANSWER_SECONDS_MAX);
        } catch (IOException failure) {
            throw new EmbeddedPostgresException(
                    "There is no PostgreSQL in " + bin + ": expected a folder with the program postgres in it ("
                            + failure.getMessage() + ")",
                    failure);
        }
        Matcher version = VERSION.matcher(said);
        if (!version.find()) {
            throw new EmbeddedPostgresException(
                    program + " says it is '" + said.strip() + "': expected postgres (PostgreSQL) and a version");
        }
        return new ServerPrograms(bin.toAbsolutePath(), version.group(1));
    }

    /** @param binaries as {@link Binaries#unpack} leaves them */
    static ServerPrograms unpacked(Path binaries) {
        return new ServerPrograms(binaries.resolve("bin"), Binaries.MAJOR);
    }

    /**
     * The {@code postgres} program itself, as a child, without a {@code pg_ctl} between.
     *
     * @param log gets at its end what the server says
     */
    Process launch(Path data, List<String> options, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(bin.resolve("postgres").toString(), "-D", data.toString()));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(Programs.inOwnSession(Programs.asOrdinaryUser(command)))
                .directory(data.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }
}
