package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.wire.CborMessage;
import java.time.Instant;
import java.util.Optional;

/** What is journalled of the backup coordinator. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = BackupEvent.PolicyPut.class, name = "policy-put"),
    @JsonSubTypes.Type(value = BackupEvent.Fired.class, name = "fired"),
    @JsonSubTypes.Type(value = BackupEvent.Queued.class, name = "queued"),
    @JsonSubTypes.Type(value = BackupEvent.Started.class, name = "started"),
    @JsonSubTypes.Type(value = BackupEvent.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = BackupEvent.Done.class, name = "done"),
    @JsonSubTypes.Type(value = BackupEvent.Cancelled.class, name = "cancelled"),
    @JsonSubTypes.Type(value = BackupEvent.Drilled.class, name = "drilled"),
    @JsonSubTypes.Type(value = BackupEvent.ArchiveTakenAway.class, name = "archive-taken-away")
})
public sealed interface BackupEvent extends CborMessage {
    /** The policy of a version is in force; version 0 is the default, from the first coordinator's beginning on. */
    record PolicyPut(long version, BackupPolicy policy, Instant at) implements BackupEvent {}

    /** A schedule's time has come; what it asks for is queued, unless it is already waiting or done with something more. */
    record Fired(String schedule, Instant time) implements BackupEvent {}

    /** There is something to be done. */
    record Queued(long number, BackupTask task, String cause, Instant at) implements BackupEvent {}

    /** A node is to do it. */
    record Started(long number, int attempt, MemberAddress node, Instant at) implements BackupEvent {}

    /** An attempt failed; it is tried again from then on, or not at all. */
    record Failed(long number, int attempt, String problem, Instant at, Optional<Instant> again)
            implements BackupEvent {}

    /** It is done. */
    record Done(long number, int attempt, String result, Instant at) implements BackupEvent {}

    /** A person took it back. */
    record Cancelled(long number, String reason, Instant at) implements BackupEvent {}

    /** A drill has measured. */
    record Drilled(Measured measured) implements BackupEvent {}

    /** Since the policy of this version does not archive, what the server kept for the archiver is gone. */
    record ArchiveTakenAway(long version, Instant at) implements BackupEvent {}
}
