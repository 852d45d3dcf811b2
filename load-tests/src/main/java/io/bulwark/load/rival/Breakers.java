package io.bulwark.load.rival;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Says whether a call may be made, and wants to know how it ended. */
interface Breakers {
    /** The leave to make one call for a tenant, or nothing when the circuit is open. */
    CompletionStage<Optional<Leave>> ask(String tenant);

    /** To be given back, once. */
    interface Leave {
        void ended(boolean well, Duration took);
    }
}
