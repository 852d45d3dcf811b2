package io.bulwark.node.scaling.processes;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where started nodes listen: that in slot 0 at the first port of each kind, that in slot 1 at the next, and so on.
 *
 * @param nodesMax how many slots there are, 1 to 50
 * @param patience how long a started node may take to be a member
 * @param logs the folder that their output goes to
 */
public record ProcessesSettings(
        int httpFrom, int managementFrom, int remoteFrom, int nodesMax, Duration patience, Path logs) {}
