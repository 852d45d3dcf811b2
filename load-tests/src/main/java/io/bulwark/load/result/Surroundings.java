package io.bulwark.load.result;

import io.bulwark.load.node.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads off where a run is made: the machine, and the commit of the checkout. */
public final class Surroundings {
    private Surroundings() {}

    /** This machine, and how busy it is now: ask before the run begins. */
    public static Machine machine() {
        return machine(Path.of("/proc"), Path.of("/etc/os-release"));
    }

    static Machine machine(Path proc, Path release) {
        Runtime runtime = Runtime.getRuntime();
        return new Machine(
                value(proc.resolve("cpuinfo"), "model name", ":").orElse(System.getProperty("os.arch", "unknown")),
                runtime.availableProcessors(),
                value(proc.resolve("meminfo"), "MemTotal", ":")
                        .map(Surroundings::kibibytes)
                        .orElse(0L),
                system(release),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                lines(proc.resolve("loadavg"))
                        .findFirst()
                        .map(line -> Double.parseDouble(line.split(" ", 2)[0]))
                        .orElse(0.0));
    }

    /**
     * The commit that is checked out there, shortened, with {@code +} behind it when files that git knows have been
     * changed since; {@code unknown} outside of a checkout and without git.
     */
    public static String commit(Path checkout) {
        String folder = checkout.toAbsolutePath().toString();
        try {
            String commit = Programs.run("git", "-C", folder, "rev-parse", "--short=12", "HEAD");
            String changed = Programs.run("git", "-C", folder, "status", "--porcelain", "--untracked-files=no");
            return commit.strip() + (changed.isBlank() ? "" : "+");
        } catch (IllegalStateException e) {
            return "unknown";
        }
    }

    private static String system(Path release) {
        String kernel = System.getProperty("os.name") + " " + System.getProperty("os.version");
        return value(release, "PRETTY_NAME", "=")
                .map(name -> name.replace("\"", "") + ", " + kernel)
                .orElse(kernel);
    }

    private static long kibibytes(String text) {
        return Long.parseLong(text.replaceAll("\\D", "")) * 1024;
    }

    private static Optional<String> value(Path file, String name, String separator) {
        return lines(file)
                .map(line -> line.split(separator, 2))
                .filter(pair -> pair.length == 2 && pair[0].strip().equals(name))
                .findFirst()
                .map(pair -> pair[1].strip());
    }

    /** None where the system has no such file. */
    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            return Stream.of();
        }
    }
}
