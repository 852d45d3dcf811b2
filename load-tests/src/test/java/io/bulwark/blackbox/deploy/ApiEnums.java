package io.bulwark.blackbox.deploy;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The enumerations, and the forms of names, that the API's reference gives for members which our manifests use. */
final class ApiEnums {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern PORT_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?");

    /** By the member's name, or by its parent's and its own where the name alone says nothing. */
    private static final Map<String, Set<String>> VALUES = Map.ofEntries(
            entry("imagePullPolicy", Set.of("Always", "Never", "IfNotPresent")),
            entry("whenUnsatisfiable", Set.of("DoNotSchedule", "ScheduleAnyway")),
            entry("protocol", Set.of("TCP", "UDP", "SCTP")),
            entry("restartPolicy", Set.of("Always", "OnFailure", "Never")),
            entry("policyTypes", Set.of("Ingress", "Egress")),
            entry("unhealthyPodEvictionPolicy", Set.of("IfHealthyBudget", "AlwaysAllow")),
            entry("accessModes", Set.of("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")),
            entry("strategy/type", Set.of("RollingUpdate", "Recreate")),
            entry("seccompProfile/type", Set.of("RuntimeDefault", "Localhost", "Unconfined")),
            entry("spec/type", Set.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")),
            entry("httpGet/scheme", Set.of("HTTP", "HTTPS")),
            entry("roleRef/kind", Set.of("Role", "ClusterRole")),
            entry("subjects/kind", Set.of("ServiceAccount", "User", "Group")),
            entry("verbs", Set.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")),
            entry(
                    "fieldRef/fieldPath",
                    Set.of(
                            "metadata.name",
                            "metadata.namespace",
                            "metadata.uid",
                            "spec.nodeName",
                            "spec.serviceAccountName",
                            "status.hostIP",
                            "status.hostIPs",
                            "status.podIP",
                            "status.podIPs")),
            entry("labels/pod-security.kubernetes.io/enforce", Set.of("privileged", "baseline", "restricted")));

    private ApiEnums() {}

    /** What stands outside of the enumerations and forms. */
    static List<String> violations(JsonNode object) {
        List<String> found = new ArrayList<>();
        walk("", "", object, found);
        String name = object.path("metadata").path("name").asText();
        if (!LABEL.matcher(name).matches()) {
            found.add("metadata/name is '" + name + "': expected " + LABEL);
        }
        return found;
    }

    private static void walk(String parent, String name, JsonNode node, List<String> found) {
        node.properties().forEach(member -> walk(name, member.getKey(), member.getValue(), found));
        if (node.isArray()) {
            node.forEach(element -> walk(parent, name, element, found));
        }
        if (node.isTextual()) {
            check(parent + "/" + name, VALUES.getOrDefault(parent + "/" + name, Set.of()), node.asText(), found);
            check(parent + "/" + name, VALUES.getOrDefault(name, Set.of()), node.asText(), found);
        }
        if (name.equals("ports")
                && node.has("name")
                && !PORT_NAME.matcher(node.get("name").asText()).matches()) {
            found.add("ports/name is " + node.get("name") + ": expected " + PORT_NAME);
        }
    }

    private static void check(String where, Set<String> values, String value, List<String> found) {
        if (!values.isEmpty() && !values.contains(value)) {
            found.add(where + " is '" + value + "': expected one of " + values);
        }
    }
}
