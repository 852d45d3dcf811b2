package io.bulwark.node.scaling;

import io.bulwark.cluster.ClusterMembers;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.scaling.ScalingView;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * What the coordinator works with.
 *
 * @param self the member on which it lives
 * @param journal its own, by which it finds out that another coordinator has written since
 * @param publish tells every node
 */
record ScalingMeans(
        MemberAddress self,
        ScaleTarget target,
        ClusterMembers members,
        Head journal,
        Duration evaluateEvery,
        InstantSource clock,
        Consumer<ScalingView> publish) {
    /** How far the coordinator's journal has got, whoever wrote it. */
    interface Head {
        long sequence() throws SQLException;
    }
}
