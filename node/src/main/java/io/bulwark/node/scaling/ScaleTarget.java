package io.bulwark.node.scaling;

import io.bulwark.cluster.MemberAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What makes the cluster as large as was decided. Methods block, are called on a virtual thread by one caller at a time,
 * and end within a bound of their own.
 */
public interface ScaleTarget extends AutoCloseable {
    /** As the configuration names it: {@code record}, {@code processes}, {@code kubernetes}. */
    String name();

    /**
     * How many nodes it is set to have now, whether or not all of them serve yet.
     *
     * @throws TargetTrouble when it cannot say so, or when something else scales it
     */
    Size size() throws TargetTrouble, InterruptedException;

    /**
     * Asks it to have another size. It returns when the size is set, not when the nodes are there.
     *
     * @throws TargetTrouble when that was refused, failed, or may or may not have been done
     */
    void scale(Order order) throws TargetTrouble, InterruptedException;

    /**
     * Whether {@link #size} says what it was set to, even while the nodes are not there. Where it does not, the
     * coordinator journals an order before it gives it, and believes in it for {@link #patience}.
     */
    default boolean remembers() {
        return true;
    }

    /** How long nodes that were ordered may take to be members. */
    default Duration patience() {
        return Duration.ofMinutes(5);
    }

    @Override
    default void close() {}

    /**
     * What a target said of itself.
     *
     * @param nodes 0 or more
     * @param version with which an order says what it was decided on; empty where the target has none
     */
    record Size(int nodes, String version) {}

    /**
     * What is to be done.
     *
     * @param seen on what it was decided, nodes that were ordered and are not there yet included: where the target has
     *     another version by now, it refuses
     * @param to 1 or more, and another size than was seen
     * @param leaver of several nodes the one that goes first, where there are to be fewer
     * @param stillLeads whether whoever ordered it still is the coordinator; asked at the last moment that the target
     *     allows, after it has read the version and before it writes
     */
    record Order(Size seen, int to, Optional<MemberAddress> leaver, BooleanSupplier stillLeads) {}
}
