package io.bulwark.node.scaling.processes;

import io.bulwark.node.scaling.TargetTrouble;
import io.bulwark.node.scaling.TargetTrouble.Kind;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts another node with the program, the options and the environment of this one.
 *
 * @param join where the other one asks to be let in; empty: it finds the members in the database
 */
record NodeProgram(ProcessesSettings settings, Optional<String> join) implements ProcessesTarget.Starter {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProgram.class);
    private static final String MAIN = "io.bulwark.node.Main";
    private static final List<String> CONFIG = List.of("--config", "-c");

    @Override
    public Process start(int slot) throws TargetTrouble {
        List<String> words = words();
        Path log = settings.logs().resolve("node-" + slot + ".log");
        try {
            Process process = start(words, slot, log);
            LOG.info(
                    "scaling: started a node in slot {} as process {}, service port {}, output in {}",
                    slot,
                    process.pid(),
                    settings.httpFrom() + slot,
                    log);
            return process;
        } catch (IOException e) {
            throw new TargetTrouble(Kind.FAILED, "A node could not be started: " + e.getMessage());
        }
    }

    private List<String> words() throws TargetTrouble {
        try {
            return words(ownWords(), join)
                    .orElseThrow(() -> new TargetTrouble(
                            Kind.FAILED, "This process was not started by bin/bulwark, and cannot start another one"));
        } catch (IOException e) {
            throw new TargetTrouble(
                    Kind.FAILED, "This machine does not say how this process was started: " + e.getMessage());
        }
    }

    /**
     * The words that start another node like the given ones started this one: the same Java, its options, and the same
     * configuration file. A demo stays where it is.
     *
     * @param words what this process was started with
     * @param join where the other one asks to be let in; empty: it finds the members in the database
     * @return empty when these words did not start a node
     */
    static Optional<List<String>> words(List<String> words, Optional<String> join) {
        int main = words.indexOf(MAIN);
        if (main < 0) {
            return Optional.empty();
        }
        List<String> other = new ArrayList<>(words.subList(0, main + 1));
        for (int i = main + 1; i < words.size(); i++) {
            String word = words.get(i);
            if (CONFIG.contains(word) && i + 1 < words.size()) {
                other.add(word);
                other.add(words.get(i + 1));
            } else if (word.startsWith("--config=")) {
                other.add(word);
            }
        }
        other.add("node");
        join.ifPresent(at -> other.addAll(List.of("--join", at)));
        return Optional.of(other);
    }

    /** What this process was started with, as Linux tells it. */
    private static List<String> ownWords() throws IOException {
        String line = Files.readString(Path.of("/proc/self/cmdline"));
        return List.of(line.split("\0", -1)).stream()
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Starts it; it goes on when this process ends. */
    private Process start(List<String> words, int slot, Path log) throws IOException {
        Files.createDirectories(log.getParent());
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()));
        builder.environment().put("BULWARK_HTTP_PORT", Integer.toString(settings.httpFrom() + slot));
        builder.environment().put("BULWARK_MANAGEMENT_PORT", Integer.toString(settings.managementFrom() + slot));
        builder.environment().put("BULWARK_REMOTE_PORT", Integer.toString(settings.remoteFrom() + slot));
        builder.environment().remove("BULWARK_JOIN");
        return builder.start();
    }
}
