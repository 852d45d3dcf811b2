package io.bulwark.load.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders for what processes keep and print, under the property {@code bulwark.scratch}. */
public final class Scratch {
    private Scratch() {}

    /** The folder of this name, absolute; it need not be there. */
    public static Path folder(String name) {
        return Path.of(System.getProperty("bulwark.scratch", "target/nodes"), name)
                .toAbsolutePath()
                .normalize();
    }

    /** The same, emptied of what stood there. */
    public static Path empty(String name) {
        Path folder = folder(name);
        try {
            delete(folder);
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " could not be emptied", e);
        }
    }

    private static void delete(Path root) throws IOException {
        if (Files.exists(root)) {
            try (Stream<Path> paths = Files.walk(root)) {
                paths.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        }
    }
}
