package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.Precondition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The backup coordinator and the repository, from any node. What is asked of them fails when they cannot be reached. */
public interface Backups {
    /** Whether a repository is configured at this node. */
    boolean configured();

    /** This node's copy; empty until the coordinator was heard for the first time. */
    Optional<BackupView> view();

    /** Puts the policy. */
    CompletionStage<PolicyReply> put(BackupPolicy policy, Precondition precondition);

    /**
     * Asks for something to be done.
     *
     * @param cause who asks, for people
     */
    CompletionStage<RunReply> order(BackupTask task, String cause);

    /** Takes a run back. */
    CompletionStage<CancelReply> cancel(long number, String reason);

    /**
     * Runs, the latest first.
     *
     * @param before only those with a lower number; {@link Long#MAX_VALUE} for the latest
     * @param most how many, 1 to 500
     */
    CompletionStage<List<BackupRun>> runs(long before, int most);

    /**
     * The backups in the repository, the newest first.
     *
     * @return fails with a {@link RepositoryTrouble} when the repository cannot be read
     */
    CompletionStage<Held> held();

    /**
     * Reports of drills as they are kept in the repository, the latest first.
     *
     * @param most how many, 1 to 1,000
     * @return fails with a {@link RepositoryTrouble} when the repository cannot be read
     */
    CompletionStage<List<Object>> drills(int most);

    /**
     * What a repository holds.
     *
     * @param unreadable by id why a backup that is complete cannot be read
     */
    record Held(List<HeldBackup> backups, Map<String, String> unreadable) {}

    /** What came of a policy. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = PolicyReply.Put.class, name = "put"),
        @JsonSubTypes.Type(value = PolicyReply.PreconditionFailed.class, name = "precondition-failed")
    })
    sealed interface PolicyReply extends CborMessage {
        /** It is in force from now on. */
        record Put(long version) implements PolicyReply {}

        /** Nothing was changed. */
        record PreconditionFailed() implements PolicyReply {}
    }

    /** What came of a wish. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = RunReply.Accepted.class, name = "accepted"),
        @JsonSubTypes.Type(value = RunReply.Full.class, name = "full")
    })
    sealed interface RunReply extends CborMessage {
        /** It is journalled and will be done. */
        record Accepted(BackupRun run) implements RunReply {}

        /** So many wait already. */
        record Full(int waiting) implements RunReply {}
    }

    /** What came of taking a run back. */
    enum CancelReply {
        CANCELLED,
        /** It is over. */
        OVER,
        /** There is none of this number, or it is no longer kept. */
        UNKNOWN
    }

    /** The repository cannot be read. */
    final class RepositoryTrouble extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** @param message for people: what was wrong and what to do; without secrets */
        public RepositoryTrouble(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
