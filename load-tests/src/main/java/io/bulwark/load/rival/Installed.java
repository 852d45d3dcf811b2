package io.bulwark.load.rival;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the programs that {@code load-tests/rivals.sh} installs. */
public final class Installed {
    private Installed() {}

    /** The program of this name on the path, or where servers are that only root has on the path. */
    public static Optional<Path> program(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Arrays.stream(path.split(":", -1)), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A note for a result, that a rival was left out. */
    public static String absence(String name) {
        return name + " is not installed, so it was left out: run load-tests/rivals.sh as root.";
    }

    /** The program. @throws IllegalStateException when it is not there */
    static String required(String name) {
        return program(name).map(Path::toString).orElseThrow(() -> new IllegalStateException(absence(name)));
    }
}
