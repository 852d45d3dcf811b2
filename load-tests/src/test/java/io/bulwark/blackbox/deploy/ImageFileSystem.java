package io.bulwark.blackbox.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bulwark.load.node.Programs;
import io.bulwark.load.node.Scratch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The image that {@code deploy/build-image} makes, unpacked, and run as a container runtime would: read-only, as its user. */
final class ImageFileSystem {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String USER = "10001:10001";

    /** In a mount namespace of its own, so that nothing is left mounted however the process ends. */
    private static final String RUN = """
            set -e
            root=$1
            shift
            mount --bind "$root" "$root"
            mount --rbind /dev "$root/dev"
            mount -t proc proc "$root/proc"
            mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
            mount -t tmpfs -o mode=0700,uid=10001,gid=10001 tmpfs "$root/var/lib/bulwark"
            mount -o remount,bind,ro "$root"
            exec env -i "$@"
            """;

    private final Path root;
    private final JsonNode config;

    private ImageFileSystem(Path root, JsonNode config) {
        this.root = root;
        this.config = config;
    }

    /** Builds the image, or says why this machine cannot. */
    static Optional<String> whyNot() {
        if (!Programs.run("id", "-u").strip().equals("0")) {
            return Optional.of("this is not root, who alone may mount and change the root");
        }
        Optional<String> mounts = Programs.complaint("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt");
        if (mounts.isPresent()) {
            return mounts;
        }
        Optional<String> build = Programs.complaint(
                "timeout", "500", Overlays.DEPLOY.resolve("build-image").toString());
        build.filter(complaint -> !complaint.contains("build-image lacks")).ifPresent(complaint -> {
            throw new AssertionError(complaint);
        });
        return build;
    }

    /** Unpacks the image into a folder of the scratch space. Each document and layer must be what its digest says. */
    static ImageFileSystem unpack(String name) {
        Path layout = Overlays.DEPLOY.resolve("target/image");
        Path root = Scratch.empty(name);
        JsonNode manifest = json(blob(layout, json(layout.resolve("index.json")).at("/manifests/0/digest")));
        for (JsonNode layer : manifest.path("layers")) {
            Programs.run(
                    "tar",
                    "-xpz",
                    "--numeric-owner",
                    "--same-owner",
                    "-C",
                    root.toString(),
                    "-f",
                    blob(layout, layer.path("digest")).toString());
        }
        return new ImageFileSystem(
                root, json(blob(layout, manifest.at("/config/digest"))).path("config"));
    }

    private static Path blob(Path layout, JsonNode digest) {
        String hash = digest.asText().substring("sha256:".length());
        Path blob = layout.resolve("blobs/sha256").resolve(hash);
        assertThat(Programs.run("sha256sum", blob.toString())).startsWith(hash + " ");
        return blob;
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** The names of all regular files. */
    List<String> fileNames() {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts what the image says it starts; output goes to a file. */
    Process start(Map<String, String> environment, Path output) throws IOException {
        assertThat(config.path("User").asText()).isEqualTo(USER);
        List<String> words = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", RUN, "sh", root.toString()));
        config.path("Env").forEach(setting -> words.add(setting.asText()));
        environment.forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(List.of(
                Programs.run("sh", "-c", "PATH=$PATH:/usr/sbin command -v chroot")
                        .strip(),
                "--userspec=" + USER,
                "--groups=",
                root.toString()));
        config.path("Entrypoint").forEach(word -> words.add(word.asText()));
        config.path("Cmd").forEach(word -> words.add(word.asText()));
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
