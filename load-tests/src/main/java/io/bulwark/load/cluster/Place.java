package io.bulwark.load.cluster;

import io.bulwark.load.node.Launch;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where one node of a cluster lives, with the same addresses in all its lives.
 *
 * @param host that it advertises and serves on
 * @param bindHost where its remoting listens; another than {@code host} when a link stands before it
 * @param prefix words before its launcher
 * @param environment beside what the addresses say
 */
public record Place(
        String host,
        String bindHost,
        int httpPort,
        int managementPort,
        int remotePort,
        List<String> prefix,
        Map<String, String> environment) {
    public Place {
        prefix = List.copyOf(prefix);
        environment = Map.copyOf(environment);
    }

    /** Of the service listener. */
    public URI service() {
        return URI.create("http://" + host + ":" + httpPort);
    }

    /** Of its Management, as {@code --join} takes it. */
    public String management() {
        return host + ":" + managementPort;
    }

    /** As {@code GET /v1/cluster} names the member. */
    public String member() {
        return host + ":" + remotePort;
    }

    /** How a node is started here. */
    Launch launch() {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(Map.of(
                "BULWARK_HTTP_HOST", host,
                "BULWARK_HTTP_PORT", Integer.toString(httpPort),
                "BULWARK_MANAGEMENT_HOST", host,
                "BULWARK_MANAGEMENT_PORT", Integer.toString(managementPort),
                "BULWARK_REMOTE_HOST", host,
                "BULWARK_REMOTE_PORT", Integer.toString(remotePort),
                "BULWARK_REMOTE_BIND_HOST", bindHost));
        return new Launch(prefix, List.of(), all);
    }
}
