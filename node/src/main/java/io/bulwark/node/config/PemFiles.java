package io.bulwark.node.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Settings that name files in PEM.
 *
 * @param path of the settings, with the dot at its end
 * @param rule which of the files go together
 */
record PemFiles(Settings settings, String path, String rule) {
    /** Empty where it is not set. */
    Optional<Path> file(String name) {
        String text = settings.text(path + name);
        return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
    }

    /** @throws SettingRefused when it is not set, or cannot be read */
    Path given(String name) {
        return file(name)
                .filter(Files::isReadable)
                .orElseThrow(() -> settings.refused(path + name, "a PEM file that can be read; " + rule));
    }
}
