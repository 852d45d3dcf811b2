package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.cluster.MemberAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * One thing that is done once, if need be in several attempts, one after the other.
 *
 * @param number from 1, in the order in which they were asked for
 * @param cause who or what asked for it
 * @param attempt the number of the present or last attempt; 0 before the first
 * @param node that works or worked on it
 * @param started when the present or last attempt began
 * @param notBefore when the next attempt may begin
 * @param result what came of it: a backup's id, or a sentence
 * @param problem why the last attempt that failed did
 */
public record BackupRun(
        long number,
        BackupTask task,
        String cause,
        Instant queued,
        State state,
        int attempt,
        Optional<MemberAddress> node,
        Optional<Instant> started,
        Optional<Instant> notBefore,
        Optional<Instant> ended,
        Optional<String> result,
        Optional<String> problem) {
    /** Where a run is in its life. */
    public enum State {
        /** It waits for its turn, for a node, or for the time of its next attempt. */
        @JsonProperty("waiting")
        WAITING,
        /** A node works on it. */
        @JsonProperty("running")
        RUNNING,
        @JsonProperty("done")
        DONE,
        /** It will not be tried again. */
        @JsonProperty("failed")
        FAILED,
        /** A person took it back. */
        @JsonProperty("cancelled")
        CANCELLED
    }

    static BackupRun queued(BackupEvent.Queued event) {
        return new BackupRun(
                event.number(),
                event.task(),
                event.cause(),
                event.at(),
                State.WAITING,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** Whether it has ended, one way or another. */
    @JsonIgnore
    public boolean isOver() {
        return switch (state) {
            case WAITING, RUNNING -> false;
            case DONE, FAILED, CANCELLED -> true;
        };
    }

    boolean isWorkedOn(int inAttempt) {
        return state == State.RUNNING && attempt == inAttempt;
    }

    BackupRun started(BackupEvent.Started event) {
        return new BackupRun(
                number,
                task,
                cause,
                queued,
                State.RUNNING,
                event.attempt(),
                Optional.of(event.node()),
                Optional.of(event.at()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                problem);
    }

    BackupRun failed(BackupEvent.Failed event) {
        boolean last = event.again().isEmpty();
        return new BackupRun(
                number,
                task,
                cause,
                queued,
                last ? State.FAILED : State.WAITING,
                attempt,
                node,
                started,
                event.again(),
                last ? Optional.of(event.at()) : Optional.empty(),
                Optional.empty(),
                Optional.of(event.problem()));
    }

    BackupRun done(BackupEvent.Done event) {
        return over(State.DONE, event.at(), Optional.of(event.result()), problem);
    }

    BackupRun cancelled(BackupEvent.Cancelled event) {
        return over(State.CANCELLED, event.at(), Optional.empty(), Optional.of("Cancelled: " + event.reason()));
    }

    private BackupRun over(State after, Instant at, Optional<String> came, Optional<String> why) {
        return new BackupRun(
                number,
                task,
                cause,
                queued,
                after,
                attempt,
                node,
                started,
                Optional.empty(),
                Optional.of(at),
                came,
                why);
    }
}
