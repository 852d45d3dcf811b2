package io.bulwark.wire;

import java.util.List;

/**
 * What a decision came to: the events that make it true, and the verdict for whoever asked. Deciding changes nothing;
 * only applying the events does.
 *
 * @param events in the order in which they are to be applied; empty when nothing hard changes
 * @param verdict the answer, to be given only after the events are durable
 */
public record Step<E, V>(List<E> events, V verdict) {
    public Step {
        events = List.copyOf(events);
    }

    /** A decision that changes nothing that must survive. */
    public static <E, V> Step<E, V> of(V verdict) {
        return new Step<>(List.of(), verdict);
    }
}
