package io.bulwark.load.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a process prints: kept in a file, and searched for lines that somebody waits for. */
final class ProcessOutput {
    private static final int LINES_KEPT = 20_000;

    private final Path file;
    private final Queue<String> lines = new ArrayDeque<>();
    private final List<Wanted> wanted = new ArrayList<>();
    private boolean ended;

    ProcessOutput(Path file) {
        this.file = file;
    }

    /**
     * Starts to read; the thread ends with the stream. It is a platform thread, because reading a pipe keeps a virtual
     * one's carrier, of which there are as many as cores: a line that was in the file already was never handed on.
     */
    void follow(InputStream stream) {
        Thread.ofPlatform().daemon().name("output of " + file.getFileName()).start(() -> read(stream));
    }

    /** The first line, past or to come, in which the pattern is found; fails when the output ends without one. */
    synchronized CompletableFuture<MatchResult> line(Pattern pattern) {
        Wanted search = new Wanted(pattern, new CompletableFuture<>());
        if (lines.stream().noneMatch(search::offer)) {
            if (ended) {
                search.miss(this);
            } else {
                wanted.add(search);
            }
        }
        return search.found();
    }

    /** The latest lines, oldest first. */
    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** The end of the output, for a failure's message. */
    synchronized String tail() {
        List<String> all = lines();
        return "The end of " + file + ":\n" + String.join("\n", all.subList(Math.max(0, all.size() - 60), all.size()));
    }

    private void read(InputStream stream) {
        try (stream;
                var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
                var kept = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                kept.write(line);
                kept.newLine();
                kept.flush();
                take(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The output of " + file + " could not be read or kept", e);
        } finally {
            end();
        }
    }

    private synchronized void take(String line) {
        if (lines.size() == LINES_KEPT) {
            lines.remove();
        }
        lines.add(line);
        wanted.removeIf(search -> search.offer(line));
    }

    private synchronized void end() {
        ended = true;
        wanted.forEach(search -> search.miss(this));
        wanted.clear();
    }

    /** Somebody's wait for a line. */
    private record Wanted(Pattern pattern, CompletableFuture<MatchResult> found) {
        boolean offer(String line) {
            Matcher matcher = pattern.matcher(line);
            boolean hit = matcher.find();
            if (hit) {
                found.complete(matcher.toMatchResult());
            }
            return hit;
        }

        void miss(ProcessOutput output) {
            found.completeExceptionally(new IllegalStateException(
                    "The process ended its output without a line like '" + pattern + "'. " + output.tail()));
        }
    }
}
