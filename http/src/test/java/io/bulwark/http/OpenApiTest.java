package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Route;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The document and the route table say the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {
    private static final Set<String> EVERY_METHOD =
            Set.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE");

    private ContractFixture fixture;
    private ContractDocument document;
    private List<Route> routes;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
        document = fixture.document();
        routes = fixture.routes();
    }

    @AfterAll
    void close() {
        fixture.close();
    }

    @Test
    void everyRoute_isDocumented_andNothingElse() {
        Set<String> served = new TreeSet<>();
        for (Route route : routes) {
            methods(route).forEach(method -> served.add(method + " " + documented(route.template())));
        }

        assertThat(document.operations()).isEqualTo(served);
    }

    @Test
    void exactlyTheOpenRoutes_needNoToken() {
        for (Route route : routes) {
            methods(route).forEach(method -> {
                JsonNode operation = document.operation(method, documented(route.template()));
                assertThat(operation.has("security"))
                        .as(route.template())
                        .isEqualTo(route.access() instanceof Access.Open);
            });
        }
    }

    @Test
    void everyVariableOfAPath_isAParameter() {
        for (Route route : routes) {
            methods(route).forEach(method -> {
                Set<String> named = new TreeSet<>();
                document.operation(method, documented(route.template()))
                        .path("parameters")
                        .forEach(parameter -> {
                            JsonNode shown = document.root()
                                    .at(parameter.get("$ref").asText().substring(1));
                            if (shown.get("in").asText().equals("path")) {
                                named.add(shown.get("name").asText());
                            }
                        });
                assertThat(named).as(route.template()).isEqualTo(variables(documented(route.template())));
            });
        }
    }

    @Test
    void everyReference_leadsSomewhere_andEveryComponentIsUsed() {
        Set<String> used = new TreeSet<>(document.references());
        used.forEach(reference -> assertThat(
                        document.root().at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
        Set<String> defined = new TreeSet<>();
        for (String kind : List.of("schemas", "parameters", "headers")) {
            document.root()
                    .at("/components/" + kind)
                    .fieldNames()
                    .forEachRemaining(name -> defined.add("#/components/" + kind + "/" + name));
        }
        assertThat(used).containsAll(defined);
    }

    @Test
    void theDocument_isOpenApi31_withUniqueOperationIds() {
        assertThat(document.root().get("openapi").asText()).isEqualTo("3.1.0");
        List<String> ids = document.root().findValuesAsText("operationId");
        assertThat(ids).doesNotHaveDuplicates().hasSameSizeAs(document.operations());
    }

    @Test
    void everyProblemOfAnOperation_isAKnownType_withItsStatusAmongTheAnswers() {
        for (String operation : document.operations()) {
            String[] parts = operation.split(" ", 2);
            JsonNode shown = document.operation(parts[0], parts[1]);
            assertThat(document.allProblems()).as(operation).containsAll(document.problems(shown));
            for (String problem : ContractDocument.texts(shown.get("x-problems"))) {
                assertThat(shown.get("responses").properties().stream()
                                .map(answer -> answer.getValue().path("$ref").asText())
                                .filter(reference -> !reference.isEmpty())
                                .map(reference -> document.root().at(reference.substring(1)))
                                .anyMatch(answer ->
                                        answer.get("description").asText().contains("`" + problem + "`")))
                        .as("%s says with which status it answers %s", operation, problem)
                        .isTrue();
            }
        }
    }

    private static Stream<String> methods(Route route) {
        return route.method().equals(Route.EVERY_METHOD) ? EVERY_METHOD.stream() : Stream.of(route.method());
    }

    private static String documented(String template) {
        return template.replace("{path…}", "{path}");
    }

    private static Set<String> variables(String template) {
        Set<String> names = new TreeSet<>();
        for (String part : template.split("/", -1)) {
            if (part.startsWith("{")) {
                names.add(part.substring(1, part.length() - 1));
            }
        }
        return names;
    }
}
