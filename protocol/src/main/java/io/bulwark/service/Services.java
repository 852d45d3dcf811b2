package io.bulwark.service;

import io.bulwark.grammar.Name;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.Precondition;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The services that this cluster knows: read from this node's copy, changed through the registry. */
public interface Services {
    /** This node's copy, which follows the registry within milliseconds. */
    Optional<Versioned> find(Name service);

    /** All of them, in no order. */
    Collection<Versioned> all();

    /** Puts a service; this node's copy shows it when the stage completes. Fails when the registry cannot be asked. */
    CompletionStage<Change> put(Name service, ServicePolicy policy, Precondition precondition);

    /** Takes a service out; likewise. */
    CompletionStage<Change> delete(Name service, Precondition precondition);

    /** A service and the version of its policy, from 1, never used twice for one name. */
    record Versioned(Name name, long version, ServicePolicy policy) implements CborMessage {}

    /** What came of a change. */
    sealed interface Change {
        /** Done. */
        record Changed(long version, boolean created) implements Change {}

        /** The precondition does not hold. */
        record PreconditionFailed() implements Change {}

        /** There is nothing to delete. */
        record Absent() implements Change {}

        /** The registry holds as many services as it may (1,000). */
        record Full() implements Change {}
    }
}
