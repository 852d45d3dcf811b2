package io.bulwark.blackbox.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.blackbox.deploy.Overlays.Rendered;
import io.bulwark.load.node.Scratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the schema cannot know: that the objects fit each other, the node's settings, and our own rules. */
class ManifestRulesTest {
    /** After draining: shards are handed over and the member leaves (DESIGN 6). */
    private static final Duration LEAVING = Duration.ofSeconds(30);

    private static final Path CHECKOUT = Overlays.DEPLOY.resolve("..").normalize();

    @BeforeAll
    static void onlyWhereOverlaysCanBeRendered() {
        Optional<String> whyNot = Overlays.whyNot();
        assumeTrue(whyNot.isEmpty(), () -> "Overlays are not rendered: " + whyNot.orElse(""));
    }

    static List<Rendered> overlays() {
        return Overlays.all();
    }

    private static List<JsonNode> workloads(Rendered overlay) {
        return Stream.concat(overlay.kind("Deployment"), overlay.kind("StatefulSet"))
                .toList();
    }

    private static JsonNode node(Rendered overlay) {
        return overlay.kind("Deployment").findFirst().orElseThrow();
    }

    private static Stream<JsonNode> containers(Rendered overlay) {
        return workloads(overlay).stream().flatMap(workload -> elements(workload.at("/spec/template/spec/containers")));
    }

    private static Duration seconds(String before, String text) {
        Matcher found = Pattern.compile(before + "(\\d+)s").matcher(text);
        assertThat(found.find()).as("%s in %s", before, text).isTrue();
        return Duration.ofSeconds(Long.parseLong(found.group(1)));
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return array.valueStream();
    }

    /** Whether the labels that are asked for are those of some pod here. */
    private static boolean meetsAPod(Rendered overlay, JsonNode labels) {
        return !labels.isEmpty()
                && workloads(overlay).stream()
                        .map(workload -> workload.at("/spec/template/metadata/labels"))
                        .anyMatch(pod -> labels.properties().stream()
                                .allMatch(label -> label.getValue().equals(pod.get(label.getKey()))));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void selectors_ofAllObjects_meetPods(Rendered overlay) {
        assertThat(workloads(overlay)).allMatch(it -> meetsAPod(overlay, it.at("/spec/selector/matchLabels")));
        assertThat(overlay.kind("Service")).isNotEmpty().allMatch(it -> meetsAPod(overlay, it.at("/spec/selector")));
        assertThat(overlay.kind("PodDisruptionBudget"))
                .hasSize(1)
                .allMatch(it -> meetsAPod(overlay, it.at("/spec/selector/matchLabels")));
        assertThat(overlay.kind("NetworkPolicy"))
                .isNotEmpty()
                .allMatch(it -> meetsAPod(overlay, it.at("/spec/podSelector/matchLabels")));
        assertThat(elements(node(overlay).at("/spec/template/spec/topologySpreadConstraints")))
                .hasSize(2)
                .allMatch(it -> meetsAPod(overlay, it.at("/labelSelector/matchLabels")));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void ports_thatAreNamed_areThere(Rendered overlay) {
        Set<String> ports = containers(overlay)
                .flatMap(container -> elements(container.path("ports")))
                .map(port -> port.path("name").asText())
                .collect(Collectors.toSet());
        Stream<JsonNode> services = overlay.kind("Service")
                .flatMap(service -> elements(service.at("/spec/ports")))
                .map(port -> port.path("targetPort"));
        Stream<JsonNode> rules = overlay.kind("NetworkPolicy")
                .flatMap(policy -> Stream.of("ingress", "egress")
                        .flatMap(way -> elements(policy.path("spec").path(way))))
                .flatMap(rule -> elements(rule.path("ports")))
                .map(port -> port.path("port"));
        Stream<JsonNode> probes = containers(overlay)
                .flatMap(container -> Stream.of("startupProbe", "livenessProbe", "readinessProbe")
                        .map(probe -> container.path(probe).at("/httpGet/port")));

        assertThat(Stream.of(services, rules, probes).flatMap(all -> all).filter(JsonNode::isTextual))
                .extracting(JsonNode::asText)
                .isNotEmpty()
                .allMatch(ports::contains);
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void pods_all_runWithoutPrivileges(Rendered overlay) {
        assertThat(workloads(overlay)).allSatisfy(workload -> {
            JsonNode security = workload.at("/spec/template/spec/securityContext");
            assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
            assertThat(security.path("runAsUser").asInt()).isPositive();
            assertThat(security.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        });
        assertThat(containers(overlay)).allSatisfy(container -> {
            JsonNode security = container.path("securityContext");
            assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
            assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        });
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void containers_all_haveProbesAndBounds(Rendered overlay) {
        assertThat(containers(overlay)).allSatisfy(container -> {
            assertThat(container.has("startupProbe")).isTrue();
            assertThat(container.has("livenessProbe")).isTrue();
            assertThat(container.has("readinessProbe")).isTrue();
            assertThat(container.at("/resources/requests/cpu").isTextual()).isTrue();
            assertThat(container.at("/resources/requests/memory").isTextual()).isTrue();
            assertThat(container.at("/resources/limits/memory").isTextual()).isTrue();
        });
        JsonNode node = node(overlay).at("/spec/template/spec/containers/0");
        assertThat(node.at("/resources/limits/memory")).isEqualTo(node.at("/resources/requests/memory"));
        assertThat(node.at("/resources/limits").has("cpu")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void references_toSettings_areRendered_andToSecrets_areDocumented(Rendered overlay) throws IOException {
        String readme = Files.readString(Overlays.DEPLOY.resolve("README.md"));
        Set<String> settings = overlay.kind("ConfigMap")
                .map(map -> map.at("/metadata/name").asText())
                .collect(Collectors.toSet());

        assertThat(overlay.kind("Secret")).isEmpty();
        assertThat(containers(overlay).flatMap(container -> elements(container.path("envFrom"))))
                .isNotEmpty()
                .allMatch(
                        from -> settings.contains(from.at("/configMapRef/name").asText()));
        assertThat(containers(overlay)
                        .flatMap(container -> elements(container.path("env")))
                        .map(variable -> variable.at("/valueFrom/secretKeyRef"))
                        .filter(JsonNode::isObject))
                .isNotEmpty()
                .allSatisfy(secret -> assertThat(readme)
                        .containsPattern(
                                "create secret generic " + secret.path("name").asText() + " .*--from-(literal|file)="
                                        + secret.path("key").asText()));
        assertThat(elements(node(overlay).at("/spec/template/spec/volumes"))
                        .map(volume -> volume.at("/secret/secretName"))
                        .filter(JsonNode::isTextual))
                .hasSize(2)
                .allSatisfy(secret -> assertThat(readme).contains("create secret generic " + secret.asText() + " "));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void settings_thatAreGiven_areOnesThatTheNodeReads(Rendered overlay) throws IOException {
        String known = Files.readString(CHECKOUT.resolve("node/src/main/resources/reference.conf"))
                + Files.readString(CHECKOUT.resolve("http/src/main/resources/reference.conf"))
                + Files.readString(CHECKOUT.resolve("node/src/main/resources/logback.xml"));
        Stream<String> given = overlay.kind("ConfigMap")
                .flatMap(map -> map.path("data").properties().stream())
                .map(entry -> entry.getKey());
        Stream<String> variables = elements(node(overlay).at("/spec/template/spec/containers/0/env"))
                .map(variable -> variable.path("name").asText());

        assertThat(Stream.concat(given, variables))
                .contains("BULWARK_DATABASE_URL", "BULWARK_REMOTE_HOST")
                .allSatisfy(name -> assertThat(known).containsPattern("\\$\\{\\??" + name + "[}:]"));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void files_thatSettingsName_areMounted(Rendered overlay) {
        List<String> mounts = elements(node(overlay).at("/spec/template/spec/containers/0/volumeMounts"))
                .map(mount -> mount.path("mountPath").asText() + "/")
                .toList();

        assertThat(overlay.kind("ConfigMap")
                        .flatMap(map -> map.path("data").valueStream())
                        .map(JsonNode::asText)
                        .filter(value -> value.startsWith("/")))
                .hasSize(4)
                .allMatch(file -> mounts.stream().anyMatch(file::startsWith));
        assertThat(mounts).contains("/tmp/", "/var/lib/bulwark/");
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void grace_isLongerThanTheNodeTakesToLeave(Rendered overlay) throws IOException {
        JsonNode settings = overlay.kind("ConfigMap").findFirst().orElseThrow().path("data");
        Duration announce =
                seconds("^", settings.path("BULWARK_SHUTDOWN_ANNOUNCE_FOR").asText());
        Duration drain = seconds(
                "drain-timeout = ", Files.readString(CHECKOUT.resolve("node/src/main/resources/reference.conf")));

        assertThat(node(overlay)
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asLong())
                .isGreaterThan(announce.plus(drain).plus(LEAVING).toSeconds());
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void nodes_goOneAtATime_andAMajorityFoundsTheCluster(Rendered overlay) {
        JsonNode deployment = node(overlay).path("spec");
        JsonNode settings = overlay.kind("ConfigMap").findFirst().orElseThrow().path("data");

        assertThat(deployment.at("/strategy/rollingUpdate/maxUnavailable").asInt(1))
                .isZero();
        assertThat(deployment.at("/strategy/rollingUpdate/maxSurge").asInt()).isEqualTo(1);
        assertThat(overlay.kind("PodDisruptionBudget")
                        .map(it -> it.at("/spec/maxUnavailable").asInt()))
                .containsExactly(1);
        assertThat(settings.path("BULWARK_REQUIRED_CONTACT_POINTS").asInt() * 2)
                .isGreaterThan(deployment.path("replicas").asInt());
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void rights_ofANode_areToSeePods(Rendered overlay) {
        assertThat(overlay.kind("ClusterRole")).isEmpty();
        assertThat(overlay.kind("ClusterRoleBinding")).isEmpty();
        assertThat(overlay.kind("Role").map(role -> role.path("rules").toString()))
                .containsExactly(
                        "[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\",\"list\",\"watch\"]}]");
        assertThat(overlay.kind("RoleBinding").map(binding -> binding.at("/subjects/0/name")))
                .containsExactly(node(overlay).at("/spec/template/spec/serviceAccountName"));
    }

    private static Rendered productionWith(String component) throws IOException {
        Path folder = Scratch.empty("with-" + component);
        Path kubernetes = folder.relativize(Overlays.DEPLOY.resolve("kubernetes"));
        Files.writeString(folder.resolve("kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                namespace: bulwark
                resources: [%1$s/overlays/production]
                components: [%1$s/components/%2$s]
                """.formatted(kubernetes, component));
        return Overlays.render(folder);
    }

    @Test
    void rights_ofANodeThatScales_areToItsOwnWorkload() throws IOException {
        Rendered rendered = productionWith("scaling");
        JsonNode role = rendered.kind("Role")
                .filter(it -> it.at("/metadata/name").asText().equals("bulwark-scaling"))
                .findFirst()
                .orElseThrow();

        assertThat(rendered.objects()).flatExtracting(ApiSchema::violations).isEmpty();
        assertThat(rendered.kind("ClusterRole")).isEmpty();
        assertThat(elements(role.path("rules"))
                        .map(rule -> rule.at("/resources/0").asText() + " " + rule.path("verbs")))
                .containsExactly(
                        "deployments/scale [\"get\",\"update\"]",
                        "pods [\"list\",\"patch\"]",
                        "horizontalpodautoscalers [\"list\"]",
                        "scaledobjects [\"list\"]");
        assertThat(role.at("/rules/0/resourceNames/0")).isEqualTo(node(rendered).at("/metadata/name"));
        assertThat(rendered.kind("RoleBinding").map(binding -> binding.at("/subjects/0/name")))
                .containsOnly(node(rendered).at("/spec/template/spec/serviceAccountName"));
    }

    /** Its kinds are cert-manager's own and in no schema here, so what the nodes need of them is checked. */
    @Test
    void certificates_ofCertManager_areWhatTheNodesRead() throws IOException {
        Rendered rendered = productionWith("cert-manager");

        Set<String> mounted = elements(node(rendered).at("/spec/template/spec/volumes"))
                .map(volume -> volume.at("/secret/secretName").asText())
                .collect(Collectors.toSet());
        assertThat(rendered.kind("Certificate")
                        .filter(it -> !it.at("/spec/isCA").asBoolean()))
                .hasSize(1)
                .allSatisfy(certificate -> {
                    assertThat(mounted)
                            .contains(certificate.at("/spec/secretName").asText());
                    assertThat(certificate.at("/spec/dnsNames")).hasSize(1);
                    assertThat(certificate.at("/spec/privateKey/algorithm").asText())
                            .isEqualTo("RSA");
                    assertThat(certificate.at("/spec/privateKey/encoding").asText())
                            .isEqualTo("PKCS8");
                });
        assertThat(rendered.kind("Issuer").map(issuer -> issuer.at("/metadata/name")))
                .containsAll(rendered.kind("Certificate")
                        .map(certificate -> certificate.at("/spec/issuerRef/name"))
                        .toList());
    }
}
