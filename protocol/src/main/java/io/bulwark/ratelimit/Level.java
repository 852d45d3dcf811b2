package io.bulwark.ratelimit;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** What a limit remembers: an immutable value, meaningful only to the {@link Limiter} that made it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Level.Bucket.class, name = "bucket"),
    @JsonSubTypes.Type(value = Level.Window.class, name = "window"),
    @JsonSubTypes.Type(value = Level.Leases.class, name = "leases")
})
public sealed interface Level {
    /**
     * Of the two bucket algorithms.
     *
     * @param credit what may still be spent, in the limiter's own exact unit; negative when more was settled than
     *     reserved
     * @param atTick the instant it was true, in the limiter's ticks since the Unix epoch
     */
    record Bucket(long credit, long atTick) implements Level {}

    /**
     * Of the two window algorithms: how much was admitted in each slot that still counts.
     *
     * @param slots oldest first, by slot number since the Unix epoch, none twice, none empty
     */
    record Window(List<Slot> slots) implements Level {
        public Window {
            slots = List.copyOf(slots);
        }
    }

    /** How much was admitted in one slot of a window. */
    record Slot(long number, long count) {}

    /** Of concurrency: what is held now, in the order in which the leases run out. */
    record Leases(List<Lease> held) implements Level {
        public Leases {
            held = List.copyOf(held);
        }
    }

    /** One holder of a concurrency limit. */
    record Lease(long id, long cost, long untilMillis) {}
}
