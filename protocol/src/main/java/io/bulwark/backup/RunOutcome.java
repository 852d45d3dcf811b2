package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Optional;

/** What came of an attempt at a run. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RunOutcome.Succeeded.class, name = "succeeded"),
    @JsonSubTypes.Type(value = RunOutcome.Broke.class, name = "broke")
})
public sealed interface RunOutcome {
    /**
     * It is done.
     *
     * @param result a backup's id, or a sentence
     * @param measured by a drill
     */
    record Succeeded(String result, Optional<Measured> measured) implements RunOutcome {}

    /**
     * It failed.
     *
     * @param problem for people: what was wrong and what to do; without secrets
     * @param again whether another attempt may succeed
     * @param measured by a drill that found something wrong
     */
    record Broke(String problem, boolean again, Optional<Measured> measured) implements RunOutcome {
        /** One that measured nothing. */
        public Broke(String problem, boolean again) {
            this(problem, again, Optional.empty());
        }
    }
}
