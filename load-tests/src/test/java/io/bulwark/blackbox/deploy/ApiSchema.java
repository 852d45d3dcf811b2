package io.bulwark.blackbox.deploy;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.kubernetes.client.custom.QuantityFormatException;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The schema of the Kubernetes API, as strict as its server: the official client's models, generated from the API's
 * OpenAPI document, find unknown and missing members; writing back what they read finds values of another type, which
 * Gson would convert; and {@link ApiEnums} finds values outside of enumerations, which that document leaves out.
 */
final class ApiSchema {
    private static final Gson GSON = JSON.getGson();
    private static final Map<String, Model> MODELS = Map.ofEntries(
            entry("v1 Namespace", new Model(V1Namespace.class, V1Namespace::validateJsonElement)),
            entry("v1 ConfigMap", new Model(V1ConfigMap.class, V1ConfigMap::validateJsonElement)),
            entry("v1 Service", new Model(V1Service.class, V1Service::validateJsonElement)),
            entry("v1 ServiceAccount", new Model(V1ServiceAccount.class, V1ServiceAccount::validateJsonElement)),
            entry("apps/v1 Deployment", new Model(V1Deployment.class, V1Deployment::validateJsonElement)),
            entry("apps/v1 StatefulSet", new Model(V1StatefulSet.class, V1StatefulSet::validateJsonElement)),
            entry(
                    "policy/v1 PodDisruptionBudget",
                    new Model(V1PodDisruptionBudget.class, V1PodDisruptionBudget::validateJsonElement)),
            entry(
                    "networking.k8s.io/v1 NetworkPolicy",
                    new Model(V1NetworkPolicy.class, V1NetworkPolicy::validateJsonElement)),
            entry("rbac.authorization.k8s.io/v1 Role", new Model(V1Role.class, V1Role::validateJsonElement)),
            entry(
                    "rbac.authorization.k8s.io/v1 RoleBinding",
                    new Model(V1RoleBinding.class, V1RoleBinding::validateJsonElement)));

    private ApiSchema() {}

    private record Model(Class<?> type, Validation validation) {}

    private interface Validation {
        void check(JsonElement element) throws IOException;
    }

    /** What the API server would refuse of an object; empty when it is right. */
    static List<String> violations(JsonNode object) {
        String kind =
                object.path("apiVersion").asText() + " " + object.path("kind").asText();
        Optional<Model> model = Optional.ofNullable(MODELS.get(kind));
        return model.map(known -> violations(known, object))
                .orElseGet(() -> List.of("'" + kind + "' is none of the kinds that are checked: "
                        + MODELS.keySet().stream().sorted().toList()));
    }

    private static List<String> violations(Model model, JsonNode object) {
        JsonElement read = JsonParser.parseString(object.toString());
        List<String> found = new ArrayList<>();
        try {
            model.validation().check(read);
            JsonElement written = GSON.toJsonTree(GSON.fromJson(read, model.type()));
            compare("", read, written, found);
        } catch (IOException | IllegalArgumentException | QuantityFormatException | JsonParseException e) {
            found.add(String.valueOf(e.getMessage()));
        }
        found.addAll(ApiEnums.violations(object));
        return found;
    }

    private static void compare(String where, JsonElement read, JsonElement written, List<String> found) {
        if (read.isJsonObject() && written.isJsonObject()) {
            for (String name : read.getAsJsonObject().keySet()) {
                JsonElement other = written.getAsJsonObject().get(name);
                if (other == null) {
                    found.add(where + "/" + name + " is not taken");
                } else {
                    compare(where + "/" + name, read.getAsJsonObject().get(name), other, found);
                }
            }
        } else if (read.isJsonArray() && written.isJsonArray()) {
            for (int i = 0; i < read.getAsJsonArray().size(); i++) {
                compare(
                        where + "/" + i,
                        read.getAsJsonArray().get(i),
                        written.getAsJsonArray().get(i),
                        found);
            }
        } else if (!same(read, written)) {
            found.add(where + " is " + read + " and was taken as " + written);
        }
    }

    /** Values may be written otherwise (quantities), but not of another type; numbers must be what they were. */
    private static boolean same(JsonElement one, JsonElement other) {
        if (!one.isJsonPrimitive() || !other.isJsonPrimitive()) {
            return false;
        }
        JsonPrimitive left = one.getAsJsonPrimitive();
        JsonPrimitive right = other.getAsJsonPrimitive();
        return left.isNumber()
                ? right.isNumber() && left.getAsBigDecimal().compareTo(right.getAsBigDecimal()) == 0
                : left.isString() == right.isString() && left.isBoolean() == right.isBoolean();
    }
}
