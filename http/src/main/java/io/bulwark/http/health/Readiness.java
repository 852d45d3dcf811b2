package io.bulwark.http.health;

import java.util.List;

/** Whether this node can serve calls: the port that the node answers. */
@FunctionalInterface
public interface Readiness {
    /** What is known now, without waiting for anything; the node is ready when every check is. */
    List<Check> checks();

    /**
     * One thing that the node needs.
     *
     * @param name such as {@code database}, {@code schema}, {@code shard-region}
     * @param ready whether it is as it must be
     * @param reason a sentence for the operator; says what to do when it is not ready
     */
    record Check(String name, boolean ready, String reason) {}
}
