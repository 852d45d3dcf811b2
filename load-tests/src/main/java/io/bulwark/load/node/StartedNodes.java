package io.bulwark.load.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The processes that a node started in turn, and those that these started. They outlive the node, and are then no
 * descendants of it any more; so they are known by a word in their environment, which they inherit. {@link #close} ends
 * those that are left, by their ids.
 */
public final class StartedNodes implements AutoCloseable {
    private static final String NAME = "LOAD_RUN";
    private static final Duration ENDED_WITHIN = Duration.ofSeconds(20);

    private final byte[] mark;
    private final Set<Long> others = ConcurrentHashMap.newKeySet();
    private final Set<ProcessHandle> all = ConcurrentHashMap.newKeySet();
    private final Thread lastResort = new Thread(this::end, "end the nodes that a node started");

    /**
     * @param word of the run, as {@link #marked} put it into the first node's environment
     * @param first the process that it does not count, nor end
     */
    public StartedNodes(String word, long first) {
        others.add(first);
        this.mark = (NAME + "=" + word + "\0").getBytes(StandardCharsets.UTF_8);
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** The same launch with the word in its environment. */
    public static Launch marked(Launch launch, String word) {
        return launch.with(Map.of(NAME, word));
    }

    /** Another process with the word in its environment that it does not count, nor end. */
    public void exclude(long pid) {
        others.add(pid);
    }

    /** Looks for them, and returns those that run. */
    public List<ProcessHandle> look() {
        ProcessHandle.allProcesses()
                .filter(process -> !others.contains(process.pid()) && isMarked(process))
                .forEach(all::add);
        return all.stream().filter(ProcessHandle::isAlive).toList();
    }

    /** All that were seen so far, also those that have ended. */
    public Set<ProcessHandle> seen() {
        return Set.copyOf(all);
    }

    /** Waits, at most so long, until none of them runs; returns how many do. */
    public int left(Duration within) {
        await(look(), within);
        return look().size();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(lastResort);
        end();
    }

    private void end() {
        List<ProcessHandle> running = look();
        running.forEach(ProcessHandle::destroy);
        await(running, ENDED_WITHIN);
        for (List<ProcessHandle> left = look(); !left.isEmpty(); left = look()) {
            left.forEach(ProcessHandle::destroyForcibly);
            await(left, ENDED_WITHIN);
        }
    }

    private static void await(List<ProcessHandle> processes, Duration within) {
        CompletableFuture.allOf(processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, within.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private boolean isMarked(ProcessHandle process) {
        try {
            byte[] environment = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/environ"));
            return indexOf(environment, mark) >= 0;
        } catch (IOException | UncheckedIOException e) {
            // It has ended, or belongs to somebody else.
            return false;
        }
    }

    private static int indexOf(byte[] text, byte[] word) {
        for (int i = 0; i <= text.length - word.length; i++) {
            if (Arrays.equals(text, i, i + word.length, word, 0, word.length)) {
                return i;
            }
        }
        return -1;
    }
}
