package io.bulwark.ratelimit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
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

        static final Window EMPTY = new Window(List.of());

        static Window of(Level level) {
            if (level instanceof Window window) {
                return window;
            }
            throw new IllegalArgumentException("The level is " + level + ": expected one of a window");
        }

        /** The slots from an index on, with more in the newest; no slot of the list is newer than that. */
        static Window plus(List<Slot> slots, int from, long number, long count) {
            boolean known = slots.size() > from && slots.getLast().number() == number;
            int kept = slots.size() - from - (known ? 1 : 0);
            Slot[] next = new Slot[kept + 1];
            for (int i = 0; i < kept; i++) {
                next[i] = slots.get(from + i);
            }
            next[kept] = new Slot(number, known ? slots.getLast().count() + count : count);
            return new Window(List.of(next));
        }

        /** With less in one slot, and without it when nothing is left there. */
        Window less(long number, long count) {
            List<Slot> next = new ArrayList<>(slots.size());
            for (Slot slot : slots) {
                if (slot.number() != number) {
                    next.add(slot);
                } else if (slot.count() > count) {
                    next.add(new Slot(number, slot.count() - count));
                }
            }
            return new Window(next);
        }
    }

    /** How much was admitted in one slot of a window. */
    record Slot(long number, long count) {}

    /**
     * Of concurrency: what is held now.
     *
     * @param held in the order in which the leases run out
     * @param total their costs together; follows from {@code held} and is not written
     */
    @JsonIgnoreProperties("total")
    record Leases(List<Lease> held, long total) implements Level {
        static final Leases NONE = new Leases(List.of());

        public Leases {
            held = List.copyOf(held);
        }

        @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
        public Leases(@JsonProperty("held") List<Lease> held) {
            this(held, held.stream().mapToLong(Lease::cost).sum());
        }
    }

    /** One holder of a concurrency limit. */
    record Lease(long id, long cost, long untilMillis) {}
}
