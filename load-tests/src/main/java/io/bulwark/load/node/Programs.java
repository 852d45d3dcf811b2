package io.bulwark.load.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Runs short programs of the machine to their end, and sends signals. */
public final class Programs {
    private Programs() {}

    /**
     * Runs to the end and returns what was printed on both streams.
     *
     * @throws IllegalStateException when the program is not there or ends with another status than 0; the message
     *     carries what it printed
     */
    public static String run(String... words) {
        return run(List.of(words), "");
    }

    /** The same, with this on its standard input. */
    public static String run(List<String> words, String input) {
        Ended ended = end(words, input);
        if (ended.status() != 0) {
            throw new IllegalStateException("`" + String.join(" ", words) + "` ended with " + ended.status()
                    + " and said: " + ended.output().strip());
        }
        return ended.output();
    }

    /** What a program said that failed, or nothing when it did what it was told. */
    public static Optional<String> complaint(String... words) {
        try {
            run(words);
            return Optional.empty();
        } catch (IllegalStateException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Sends a signal. A process that has ended meanwhile is left in peace. */
    static void signal(String name, long pid) {
        Ended ended = end(List.of("sh", "-c", "kill -s \"$1\" \"$2\"", "sh", name, Long.toString(pid)), "");
        if (ended.status() != 0 && ProcessHandle.of(pid).isPresent()) {
            throw new IllegalStateException("SIG" + name + " could not be sent to " + pid + ": " + ended.output());
        }
    }

    /** Whether this process runs as root, to whom PostgreSQL refuses service. */
    static boolean isRoot() {
        return run("id", "-u").strip().equals("0");
    }

    private record Ended(int status, String output) {}

    private static Ended end(List<String> words, String input) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            throw new IllegalStateException("`" + String.join(" ", words) + "` could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + words.getFirst() + " ran", e);
        }
    }
}
