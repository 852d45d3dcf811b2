package io.bulwark.persistence.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is below a directory; symbolic links are not followed.
 *
 * @param all without the directory itself, each directory before what is in it
 */
record Contents(List<Path> all) {
    static Contents of(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return new Contents(List.of());
        }
        try (Stream<Path> walk = Files.walk(directory)) {
            return new Contents(walk.skip(1).toList());
        }
    }

    List<Path> files() {
        return all.stream()
                .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                .toList();
    }

    List<Path> directories() {
        return all.stream()
                .filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                .toList();
    }

    void deleteAll() throws IOException {
        for (Path path : all.reversed()) {
            Files.delete(path);
        }
    }
}
