package io.bulwark.persistence.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs programs of the server as a user that the server accepts, and sends signals. */
final class Programs {
    private static final int OUTPUT_MAX = 2_000;

    private Programs() {}

    /**
     * PostgreSQL refuses to run as root. In a user namespace of its own ({@code unshare -U}) the same process counts as
     * an ordinary user and still owns its files.
     */
    static List<String> asOrdinaryUser(List<String> command) {
        if (!isRoot()) {
            return command;
        }
        return prefixed(List.of(unshare(), "-U"), command);
    }

    private static String unshare() {
        return find("unshare")
                .orElseThrow(() -> new EmbeddedPostgresException("PostgreSQL refuses to run as root, and the program"
                        + " 'unshare' (util-linux) that would help is not on the PATH: run Bulwark as an ordinary user,"
                        + " install util-linux, or give the JDBC URL of a server"));
    }

    /**
     * Said before anything is made: some containers forbid user namespaces, and in one root has no more rights than
     * others to a directory of somebody else.
     */
    static void checkOrdinaryUser(Path directory) throws InterruptedException {
        if (isRoot()) {
            check(List.of("true"), "a user namespace cannot be made here");
            check(
                    List.of("test", "-w", directory.toString()),
                    "the ordinary user that it would run as cannot use " + directory
                            + ", because that or a directory above it belongs to somebody else");
        }
    }

    private static void check(List<String> command, String otherwise) throws InterruptedException {
        try {
            run(asOrdinaryUser(command), 10);
        } catch (IOException refused) {
            throw new EmbeddedPostgresException(
                    "PostgreSQL refuses to run as root, and " + otherwise + ": run Bulwark as an ordinary user, take"
                            + " another directory, or give the JDBC URL of a server (" + refused.getMessage() + ")",
                    refused);
        }
    }

    /**
     * In a session of its own, so that Ctrl-C in a terminal reaches Bulwark only: it stops the server itself, last.
     * Without {@code setsid} (util-linux) the command is left as it is.
     */
    static List<String> inOwnSession(List<String> command) {
        return find("setsid").map(setsid -> prefixed(List.of(setsid), command)).orElse(command);
    }

    /** Runs to the end and answers what it printed; a status other than 0 is an exception that carries the output. */
    static String run(List<String> command, long secondsMax) throws IOException, InterruptedException {
        Path output = Files.createTempFile("bulwark-", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.getFirst() + " did not end within " + secondsMax + " s");
            }
            return checked(command, process.exitValue(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    private static String checked(List<String> command, int status, String output) throws IOException {
        if (status != 0) {
            String end = output.substring(Math.max(0, output.length() - OUTPUT_MAX));
            throw new IOException("'" + String.join(" ", command) + "' ended with status " + status + " and said: "
                    + end.strip().replaceAll("\\s*\\n\\s*", " | "));
        }
        return output;
    }

    /** Sends a signal with the shell's own {@code kill}: the JDK knows only SIGTERM and SIGKILL. */
    static void signal(long pid, String name) throws IOException, InterruptedException {
        try {
            run(List.of("sh", "-c", "kill -s \"$1\" \"$2\"", "sh", name, Long.toString(pid)), 10);
        } catch (IOException failure) {
            if (Files.exists(Path.of("/proc", Long.toString(pid), "cwd"))) {
                throw failure;
            } // else it has ended meanwhile, which is what the signal was for
        }
    }

    /** The effective user of this process, which is the owner of its directory in {@code /proc}. */
    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self/"), "unix:uid").equals(0);
        } catch (IOException unreadable) {
            throw new EmbeddedPostgresException(
                    "Cannot read /proc/self: expected Linux with /proc mounted", unreadable);
        }
    }

    private static Optional<String> find(String program) {
        for (String directory :
                Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1)) {
            Path candidate = Path.of(directory).resolve(program);
            if (Files.isExecutable(candidate)) {
                return Optional.of(candidate.toString());
            }
        }
        return Optional.empty();
    }

    private static List<String> prefixed(List<String> prefix, List<String> command) {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command);
        return all;
    }
}
