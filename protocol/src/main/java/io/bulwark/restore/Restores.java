package io.bulwark.restore;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Restores of tenants, from any node; those that are over are remembered. What is asked fails while the database is away. */
public interface Restores {
    /** Begins one on this node, if nothing stands against it that can be seen at once. */
    CompletionStage<Started> start(RestoreOrder order);

    /** The run of this id. */
    CompletionStage<Optional<RestoreRun>> find(String id);

    /**
     * Runs, the latest first.
     *
     * @param before only those that come after this id in the list
     * @param most how many, 1 to 1,000
     */
    CompletionStage<List<RestoreRun>> list(Optional<String> before, int most);

    /** What came of it. */
    sealed interface Started {
        /** It runs. */
        record Begun(RestoreRun run) implements Started {}

        /** It cannot be; a sentence says why, and what to do. Nothing was changed. */
        record Refused(Why why, String sentence) implements Started {}
    }

    /** Why it cannot be. */
    enum Why {
        /** There is no such tenant, and never was. */
        UNKNOWN_TENANT,
        /** Another restore of the tenant runs. */
        RUNNING,
        /** No repository is configured, or it cannot be opened. */
        NOT_CONFIGURED,
        /** The instant cannot be reached, or the tables cannot be filled. */
        IMPOSSIBLE
    }
}
