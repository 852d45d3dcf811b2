package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a running server says of itself in {@code postmaster.pid}; {@code pg_ctl} goes by it too.
 *
 * @param data its data directory
 */
record PostmasterFile(Path data) {
    /** Lines, from 0. */
    private static final int PORT_LINE = 3;

    private static final int STATUS_LINE = 7;

    private Path file() {
        return data.resolve("postmaster.pid");
    }

    /** Whether the server that runs as this process says that it accepts connections. */
    boolean ready(long postmaster) throws IOException {
        if (!Files.exists(file())) {
            return false;
        }
        List<String> lines = Files.readAllLines(file());
        return lines.size() > STATUS_LINE
                && lines.getFirst().strip().equals(Long.toString(postmaster))
                && lines.get(STATUS_LINE).strip().equals("ready");
    }

    /** The port of the server that runs here and accepts connections; empty when there is none. */
    OptionalInt portWhenReady() throws IOException {
        if (!Files.exists(file())) {
            return OptionalInt.empty();
        }
        List<String> lines = Files.readAllLines(file());
        return lines.size() > STATUS_LINE
                        && ready(Long.parseLong(lines.getFirst().strip()))
                ? OptionalInt.of(Integer.parseInt(lines.get(PORT_LINE).strip()))
                : OptionalInt.empty();
    }
}
