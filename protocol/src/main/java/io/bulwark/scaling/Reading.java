package io.bulwark.scaling;

/** What is known of a metric on one node. */
sealed interface Reading {
    /**
     * The node said so of late.
     *
     * @param value 0 or more and finite
     */
    record Known(double value) implements Reading {}

    /** The node should say something, and has said nothing of late, or nothing that can be. */
    record Missing() implements Reading {}

    /** The node does not serve yet, or what it says is the cost of its start. */
    record Starting() implements Reading {}
}
