package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;

/** The server's own log file, {@code postgres.log}: begun anew when it has grown above 10 MiB. */
final class ServerLog {
    private static final long BYTES_MAX = 10L << 20;
    private static final int TAIL_BYTES = 8_192;
    private static final int LINES_SHOWN = 4;

    private final Path file;

    ServerLog(Path directory) {
        this.file = directory.resolve("postgres.log");
    }

    Path path() {
        return file;
    }

    /**
     * Keeps the latest full file as {@code postgres.log.1}. The file is copied and emptied, not moved, because a running
     * server goes on writing at the end of the one it has open; a line written in between is lost.
     */
    void keepSmall() throws IOException {
        if (size() > BYTES_MAX) {
            Files.copy(file, file.resolveSibling("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
            Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING).close();
        }
    }

    long size() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** What went wrong since the file had this size: the last lines that say so, in one line. */
    String troubleSince(long size) throws IOException {
        List<String> lines = since(size)
                .lines()
                .filter(line -> line.matches(".*(FATAL|PANIC|ERROR|HINT|DETAIL|could not).*"))
                .toList();
        return lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()).stream()
                .map(line -> line.replaceFirst("^.*?(FATAL|PANIC|ERROR|HINT|DETAIL|LOG|WARNING): +", ""))
                .collect(Collectors.joining("; "));
    }

    /** What was said since the file had this size, the last 8 KiB of it at most. */
    String since(long size) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(Math.min(size, content.length()), content.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) (content.length() - from)];
            content.seek(from);
            content.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
