package io.bulwark.restore;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.tenant.TenantStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * One restore of a tenant, while it runs and afterwards.
 *
 * @param node that carries it out
 * @param phase the last that was begun
 * @param progress what is being done in it, in a few words; may be empty
 * @param endedAt absent while it runs, and of one that was broken off
 * @param erased rows of the instant that were on the erasure list, and were not brought back
 * @param unsettled operations that were still being executed when the wait for them was over: what they do now is lost
 * @param difference what would change, or has
 * @param exchanged present once the tenant is back
 * @param status of the tenant since then; absent for one that had been taken out at the instant
 * @param problem why it failed, and what to do, as a sentence
 */
public record RestoreRun(
        String id,
        RestoreOrder order,
        MemberAddress node,
        Instant startedAt,
        State state,
        Phase phase,
        String progress,
        Optional<Instant> endedAt,
        long erased,
        long unsettled,
        Optional<Difference> difference,
        Optional<Exchanged> exchanged,
        Optional<TenantStatus> status,
        Optional<String> problem) {

    /** Where a run stands. */
    public enum State {
        @JsonProperty("running")
        RUNNING,
        @JsonProperty("done")
        DONE,
        /** The tenant is as it was, unless the problem says otherwise. */
        @JsonProperty("failed")
        FAILED,
        /** Its node ended, or lost the database: nobody carries it on. The tenant is as it was, or as at the instant. */
        @JsonProperty("broken-off")
        BROKEN_OFF
    }

    /** What is done, one after the other; a dry run neither quarantines nor copies. */
    public enum Phase {
        @JsonProperty("quarantining")
        QUARANTINING,
        @JsonProperty("settling")
        SETTLING,
        /** A server with the database as it was at the instant is brought up. */
        @JsonProperty("restoring")
        RESTORING,
        @JsonProperty("erasing")
        ERASING,
        @JsonProperty("comparing")
        COMPARING,
        /** The rows of the instant are copied and verified. */
        @JsonProperty("copying")
        COPYING,
        @JsonProperty("releasing")
        RELEASING
    }

    /** One that begins. */
    public static RestoreRun begun(String id, RestoreOrder order, MemberAddress node, Instant now) {
        return new RestoreRun(
                id,
                order,
                node,
                now,
                State.RUNNING,
                order.dryRun() ? Phase.RESTORING : Phase.QUARANTINING,
                "",
                Optional.empty(),
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same, further on. */
    public RestoreRun at(Phase next, String doing) {
        return new RestoreRun(
                id,
                order,
                node,
                startedAt,
                state,
                next,
                doing,
                endedAt,
                erased,
                unsettled,
                difference,
                exchanged,
                status,
                problem);
    }

    /** The same, with what could not be waited for. */
    public RestoreRun withUnsettled(long count) {
        return new RestoreRun(
                id,
                order,
                node,
                startedAt,
                state,
                phase,
                progress,
                endedAt,
                erased,
                count,
                difference,
                exchanged,
                status,
                problem);
    }

    /** The same, with what was found. */
    public RestoreRun withDifference(long erasedRows, Difference found) {
        return new RestoreRun(
                id,
                order,
                node,
                startedAt,
                state,
                phase,
                progress,
                endedAt,
                erasedRows,
                unsettled,
                Optional.of(found),
                exchanged,
                status,
                problem);
    }

    /** The same, with what was copied. */
    public RestoreRun withExchanged(Exchanged copied) {
        return new RestoreRun(
                id,
                order,
                node,
                startedAt,
                state,
                phase,
                progress,
                endedAt,
                erased,
                unsettled,
                difference,
                Optional.of(copied),
                status,
                problem);
    }

    /** The same, ended well. */
    public RestoreRun done(Instant now, Optional<TenantStatus> stands) {
        return new RestoreRun(
                id,
                order,
                node,
                startedAt,
                State.DONE,
                phase,
                "",
                Optional.of(now),
                erased,
                unsettled,
                difference,
                exchanged,
                stands,
                problem);
    }

    /** The same, ended otherwise. */
    public RestoreRun ended(State how, Optional<Instant> when, String sentence) {
        return new RestoreRun(
                id,
                order,
                node,
                startedAt,
                how,
                phase,
                progress,
                when,
                erased,
                unsettled,
                difference,
                exchanged,
                status,
                Optional.of(sentence));
    }
}
