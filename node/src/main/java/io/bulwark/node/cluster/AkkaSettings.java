package io.bulwark.node.cluster;

import io.bulwark.node.config.ClusterConfig;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.config.RemoteConfig;
import io.bulwark.persistence.cluster.ClusterIdentity;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What Akka is told that follows from this node's settings; what is the same for all stands in {@code akka.conf}. */
final class AkkaSettings {
    private static final String BOOTSTRAP = "akka.management.cluster.bootstrap.";
    private static final String POINTS = BOOTSTRAP + "contact-point-discovery.";

    private AkkaSettings() {}

    /** By path, for {@code ConfigFactory.parseMap}. */
    static Map<String, Object> of(NodeConfig node, ClusterIdentity identity) {
        Map<String, Object> told = new HashMap<>(compatibility(node.cluster(), identity));
        node.remote().bindHost().ifPresent(host -> told.put("akka.remote.artery.bind.hostname", host));
        node.remote().tls().ifPresent(tls -> told.putAll(tls(tls)));
        told.putAll(discovery(node.cluster()));
        told.put(
                "akka.cluster.split-brain-resolver.active-strategy",
                setting(node.cluster().downing()));
        version().ifPresent(version -> told.put("akka.cluster.app-version", version));
        return told;
    }

    private static Map<String, Object> compatibility(ClusterConfig cluster, ClusterIdentity identity) {
        String database = identity.database().toString();
        return JoinCheck.told(
                cluster.name(), proof(cluster.secret(), cluster.name() + database), database, identity.schema());
    }

    /**
     * HMAC-SHA-256 (RFC 2104): says whether two secrets are the same without telling them. Who can listen can try
     * secrets against it; where strangers can listen there is TLS.
     */
    static String proof(String secret, String about) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(("bulwark:" + secret).getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(about.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HMAC-SHA-256", e);
        }
    }

    private static Map<String, Object> tls(RemoteConfig.Tls tls) {
        String engine = "akka.remote.artery.ssl.rotating-keys-engine.";
        return Map.of(
                "akka.remote.artery.transport",
                "tls-tcp",
                engine + "cert-file",
                tls.certificate().toString(),
                engine + "key-file",
                tls.key().toString(),
                engine + "ca-cert-file",
                tls.ca().toString());
    }

    private static Map<String, Object> discovery(ClusterConfig cluster) {
        return switch (cluster.discovery()) {
            case DATABASE ->
                Map.of(
                        "akka.discovery.method",
                        "bulwark",
                        POINTS + "required-contact-point-nr",
                        1,
                        // Who was named may be gone by now; one that answers is enough.
                        POINTS + "contact-with-all-contact-points",
                        false);
            case KUBERNETES_API -> kubernetes(cluster);
        };
    }

    private static Map<String, Object> kubernetes(ClusterConfig cluster) {
        Map<String, Object> told = new HashMap<>();
        told.put("akka.discovery.method", "kubernetes-api");
        told.put("akka.discovery.kubernetes-api.use-raw-ip", true);
        told.put(
                "akka.discovery.kubernetes-api.pod-label-selector",
                cluster.kubernetes().labelSelector());
        if (!cluster.kubernetes().namespace().isEmpty()) {
            told.put(
                    "akka.discovery.kubernetes-api.pod-namespace",
                    cluster.kubernetes().namespace());
        }
        told.put(POINTS + "port-name", cluster.kubernetes().portName());
        told.put(POINTS + "required-contact-point-nr", cluster.requiredContactPoints());
        return told;
    }

    private static String setting(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** So that a rolling update places shards on the newer nodes first, and /v1/cluster shows who runs what. */
    private static Optional<String> version() {
        return Optional.ofNullable(AkkaSettings.class.getPackage().getImplementationVersion());
    }
}
