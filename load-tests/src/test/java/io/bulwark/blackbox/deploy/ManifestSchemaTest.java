package io.bulwark.blackbox.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.blackbox.deploy.Overlays.Rendered;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestSchemaTest {
    /** One object with something of everything that can be wrong. */
    private static final String RIGHT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: right
            spec:
              replicas: 3
              selector:
                matchLabels:
                  app: right
              template:
                metadata:
                  labels:
                    app: right
                spec:
                  automountServiceAccountToken: true
                  containers:
                    - name: node
                      image: right:1
                      imagePullPolicy: Never
                      env:
                        - name: PORT
                          value: "8080"
                      ports:
                        - name: http
                          containerPort: 8080
                          protocol: TCP
                      resources:
                        limits:
                          memory: 1Gi
            """;

    @Test
    void overlays_all_areTakenByTheApi() {
        Optional<String> whyNot = Overlays.whyNot();
        assumeTrue(whyNot.isEmpty(), () -> "Overlays are not rendered: " + whyNot.orElse(""));
        List<Rendered> overlays = Overlays.all();

        List<String> violations = new ArrayList<>();
        for (Rendered overlay : overlays) {
            for (JsonNode object : overlay.objects()) {
                ApiSchema.violations(object)
                        .forEach(violation -> violations.add(overlay + ", " + object.path("kind") + " "
                                + object.path("metadata").path("name") + ": " + violation));
            }
        }

        assertThat(violations).isEmpty();
        assertThat(overlays).extracting(Rendered::name).contains("kind", "production");
        assertThat(overlays).allSatisfy(overlay -> assertThat(overlay.objects()).hasSizeGreaterThan(8));
    }

    @Test
    void violations_ofARightObject_areNone() {
        assertThat(violations(RIGHT)).isEmpty();
    }

    /** One change to the object that is right, and a word of what is said of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            replicas: 3            | replica: 3              | replica
            replicas: 3            | replicas: three         | three
            replicas: 3            | replicas: "3"           | replicas
            replicas: 3            | replicas: 1.5           | 1.5
            replicas: 3            | replicas: [3]           | BEGIN_ARRAY
            selector:              | selectors:              | selectors
            image: right:1         | images: right:1         | images
            - name: node           | - title: node           | title
            - name: http           | - name: HTTP_AND_MORE   | ports/name
            containerPort: 8080    | hostPort: 8080          | containerPort
            containerPort: 8080    | containerPort: "8080"   | containerPort
            protocol: TCP          | protocol: tcp           | protocol
            value: "8080"          | value: 8080             | value
            imagePullPolicy: Never | imagePullPolicy: Rarely | Rarely
            automountServiceAccountToken: true | automountServiceAccountToken: "true" | automountServiceAccountToken
            memory: 1Gi            | memory: much            | quantity
            memory: 1Gi            | memory: {size: 1Gi}     | limits
            name: right            | name: Not_Right         | Not_Right
            app: right             | app: true               | app
            apiVersion: apps/v1    | apiVersion: apps/v2     | apps/v2
            kind: Deployment       | kind: Deploymint        | Deploymint
            """)
    void violations_ofABrokenObject_nameWhatIsBroken(String right, String broken, String named) {
        String manifest = RIGHT.replaceFirst(Pattern.quote(right), broken);
        assertThat(manifest).isNotEqualTo(RIGHT);

        assertThat(violations(manifest)).anyMatch(violation -> violation.contains(named));
    }

    @Test
    void parse_aKeyThatStandsTwice_isRefused() {
        String twice = RIGHT.replace("  replicas: 3\n", "  replicas: 3\n  replicas: 4\n");

        assertThatThrownBy(() -> Overlays.parse(twice)).hasMessageContaining("replicas");
    }

    private static List<String> violations(String manifest) {
        List<JsonNode> objects = Overlays.parse(manifest);
        assertThat(objects).hasSize(1);
        return ApiSchema.violations(objects.getFirst());
    }
}
