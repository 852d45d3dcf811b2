package io.bulwark.persistence.ledger;

import io.bulwark.persistence.ledger.Pending.Decided;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** How one transaction went. */
sealed interface Attempt {
    /**
     * Committed: the verdicts hold.
     *
     * @param open those of the batch that this transaction could not decide
     */
    record Done(List<Decided<?>> decided, List<Pending<?>> open) implements Attempt {}

    /**
     * Not known to be committed.
     *
     * @param inDoubt whether it may be all the same, because the commit was sent and not answered
     */
    record Failed(SQLException failure, boolean inDoubt) implements Attempt {}

    /** Our own defect; no verdict holds. */
    record Broken(RuntimeException defect) implements Attempt {}

    /** Tries what one statement can decide, which commits by itself: one round trip. */
    static Attempt direct(LaneConnection own, DirectBatch batch) {
        boolean sent = false;
        try {
            Connection connection = own.committing();
            sent = true;
            return batch.write(connection);
        } catch (SQLException failure) {
            return afterwards(own, new Failed(failure, sent && !Failure.isDefinite(failure)));
        } catch (RuntimeException defect) {
            return afterwards(own, new Broken(defect));
        }
    }

    /** Tries a batch: three round trips, to read and lock, to write, and to commit. */
    static Attempt of(LaneConnection own, List<Pending<?>> batch) {
        boolean committing = false;
        try {
            Connection connection = own.get();
            List<Decided<?>> decided = Batch.decide(connection, batch);
            committing = true;
            connection.commit();
            return new Done(decided, List.of());
        } catch (SQLException failure) {
            return afterwards(own, new Failed(failure, committing));
        } catch (RuntimeException defect) {
            return afterwards(own, new Broken(defect));
        }
    }

    /** A connection that can still roll back is kept. */
    private static Attempt afterwards(LaneConnection own, Attempt attempt) {
        boolean sound = switch (attempt) {
            case Done _, Broken _ -> true;
            case Failed(SQLException failure, boolean inDoubt) -> !inDoubt && Failure.of(failure) != Failure.AWAY;
        };
        if (sound) {
            rollBack(own);
        } else {
            own.drop();
        }
        return attempt;
    }

    private static void rollBack(LaneConnection own) {
        try {
            own.get().rollback();
        } catch (SQLException gone) {
            own.drop();
        }
    }
}
