package io.bulwark.blackbox.deploy;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.bulwark.load.node.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder {@code deploy} of this checkout, and its overlays as {@code kubectl kustomize} renders them. */
final class Overlays {
    /** Where the folder is. */
    static final Path DEPLOY = Path.of("../deploy").toAbsolutePath().normalize();

    private static final ObjectReader YAML = new YAMLMapper(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .readerFor(JsonNode.class)
            .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    private static final Pattern VERSION = Pattern.compile("Client Version: v1\\.(\\d+)");
    /** The first whose Kustomize knows components; Debian 12's package kubernetes-client is 1.20. */
    private static final int MINOR_LEAST = 21;

    private Overlays() {}

    /** An overlay and its objects. */
    record Rendered(String name, List<JsonNode> objects) {
        /** The objects of a kind. */
        Stream<JsonNode> kind(String kind) {
            return objects.stream()
                    .filter(object -> object.path("kind").asText().equals(kind));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Why overlays cannot be rendered here, if they cannot. */
    static Optional<String> whyNot() {
        Optional<String> complaint = Programs.complaint("kubectl", "version", "--client");
        if (complaint.isPresent()) {
            return Optional.of(
                    "there is no kubectl on the path, and neither Maven Central nor Debian 12 has one that is"
                            + " new enough: " + complaint.get());
        }
        String said = Programs.run("kubectl", "version", "--client");
        Matcher version = VERSION.matcher(said);
        return version.find() && Integer.parseInt(version.group(1)) < MINOR_LEAST
                ? Optional.of("kubectl is older than 1." + MINOR_LEAST + ": " + said.strip())
                : Optional.empty();
    }

    /** All overlays, rendered. */
    static List<Rendered> all() {
        try (Stream<Path> folders = Files.list(DEPLOY.resolve("kubernetes/overlays"))) {
            return folders.sorted().map(Overlays::render).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One folder with a {@code kustomization.yaml}, rendered. */
    static Rendered render(Path folder) {
        String yaml = Programs.run("timeout", "60", "kubectl", "kustomize", folder.toString());
        return new Rendered(String.valueOf(folder.getFileName()), parse(yaml));
    }

    /** The objects of a YAML stream. A key that stands twice is refused, as the API server's strict decoding does. */
    static List<JsonNode> parse(String yaml) {
        try (var objects = YAML.<JsonNode>readValues(yaml)) {
            return objects.readAll();
        } catch (IOException e) {
            throw new IllegalArgumentException("Not YAML: " + e.getMessage() + "\n" + yaml, e);
        }
    }
}
