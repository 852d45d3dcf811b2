package io.bulwark.wire;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What must hold of the stored version for a change to be made: the HTTP preconditions, without HTTP. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Precondition.None.class, name = "none"),
    @JsonSubTypes.Type(value = Precondition.Absent.class, name = "absent"),
    @JsonSubTypes.Type(value = Precondition.Present.class, name = "present"),
    @JsonSubTypes.Type(value = Precondition.Version.class, name = "version")
})
public sealed interface Precondition {
    /** Whatever stands there. */
    record None() implements Precondition {}

    /** Nothing must stand there: {@code If-None-Match: *}. */
    record Absent() implements Precondition {}

    /** Something must stand there: {@code If-Match: *}. */
    record Present() implements Precondition {}

    /** This version must stand there: {@code If-Match: "7"}. */
    record Version(long version) implements Precondition {}

    /** Whether it holds, given whether something stands there and the version it has. */
    default boolean holds(boolean present, long version) {
        return switch (this) {
            case None() -> true;
            case Absent() -> !present;
            case Present() -> present;
            case Version(long expected) -> present && version == expected;
        };
    }
}
