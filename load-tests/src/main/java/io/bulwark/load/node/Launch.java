package io.bulwark.load.node;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a node is started.
 *
 * @param prefix words before the launcher, such as {@code ip netns exec <namespace>}; must end in the launcher's own
 *     process, so that signals reach the node
 * @param options of the subcommand {@code node}
 * @param environment of the node, beside that of this process without any {@code BULWARK_…}
 */
public record Launch(List<String> prefix, List<String> options, Map<String, String> environment) {
    public Launch {
        prefix = List.copyOf(prefix);
        options = List.copyOf(options);
        environment = Map.copyOf(environment);
    }

    /** On loopback, with ports that are free at each start. */
    public static Launch onFreePorts() {
        return new Launch(
                List.of(),
                List.of(),
                Map.of("BULWARK_HTTP_PORT", "0", "BULWARK_MANAGEMENT_PORT", "0", "BULWARK_REMOTE_PORT", "0"));
    }

    /** The same with more options. */
    public Launch with(List<String> more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(more);
        return new Launch(prefix, all, environment);
    }

    /** The same with more in its environment, or other values there. */
    public Launch with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(more);
        return new Launch(prefix, options, all);
    }

    /** What the launcher is given. */
    List<String> arguments() {
        List<String> all = new ArrayList<>(List.of("node"));
        all.addAll(options);
        return all;
    }
}
