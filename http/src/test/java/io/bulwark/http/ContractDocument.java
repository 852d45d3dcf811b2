package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/** The OpenAPI document, as tests ask it. */
final class ContractDocument {
    private static final Set<String> METHODS =
            Set.of("get", "head", "options", "post", "put", "patch", "delete", "trace");

    private final JsonNode root;

    ContractDocument(byte[] document) throws IOException {
        root = new ObjectMapper().readTree(document);
    }

    JsonNode root() {
        return root;
    }

    /** Every {@code METHOD /template} that is documented. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        root.get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    assertThat(METHODS).contains(method);
                    operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                }));
        return operations;
    }

    JsonNode operation(String method, String template) {
        JsonNode operation = root.get("paths").path(template).path(method.toLowerCase(Locale.ROOT));
        assertThat(operation.isObject()).as(method + " " + template).isTrue();
        return operation;
    }

    /** Whether an operation may be answered like this: the status is there, and the problem is one of its own. */
    void checkAnswer(String method, String template, int status, String contentType, String body) {
        JsonNode operation = operation(method, template);
        assertThat(operation.get("responses").has(Integer.toString(status)))
                .as("%s %s documents %d", method, template, status)
                .isTrue();
        if (contentType.equals("application/problem+json")) {
            assertThat(problems(operation)).contains(problem(body));
        }
    }

    /** The problems that an operation may be answered with. */
    Set<String> problems(JsonNode operation) {
        Set<String> names = new TreeSet<>(texts(operation.get("x-problems")));
        root.get("x-problems").forEach(group -> names.addAll(texts(group)));
        return names;
    }

    /** The problems that the document knows at all. */
    Set<String> allProblems() {
        Set<String> names = new TreeSet<>();
        texts(root.at("/components/schemas/Problem/properties/type/enum"))
                .forEach(type -> names.add(type.substring("urn:bulwark:problem:".length())));
        return names;
    }

    /** Every {@code $ref} in the document. */
    List<String> references() {
        return root.findValuesAsText("$ref");
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).forEach(texts::add);
        return texts;
    }

    private static String problem(String body) {
        try {
            String type = new ObjectMapper().readTree(body).get("type").asText();
            return type.substring("urn:bulwark:problem:".length());
        } catch (IOException e) {
            throw new IllegalStateException(body, e);
        }
    }
}
