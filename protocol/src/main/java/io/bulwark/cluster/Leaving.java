package io.bulwark.cluster;

/** What became of telling a member to leave. */
public sealed interface Leaving {
    /** The member was told; the cluster's view shows how far it is. Telling it again changes nothing. */
    record Told() implements Leaving {}

    /** There is no such member. */
    record Unknown() implements Leaving {}
}
