package io.bulwark.persistence.ledger;

import io.bulwark.persistence.ledger.Pending.Decided;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** How one transaction went. */
sealed interface Attempt {
    /** Committed: the verdicts hold. */
    record Done(List<Decided<?>> decided) implements Attempt {}

    /**
     * Not known to be committed.
     *
     * @param inDoubt whether it may be all the same, because the commit was sent and not answered
     */
    record Failed(SQLException failure, boolean inDoubt) implements Attempt {}

    /** Our own defect; nothing is committed. */
    record Broken(RuntimeException defect) implements Attempt {}

    /** Tries a batch. */
    static Attempt of(LaneConnection own, List<Pending<?>> batch) {
        boolean committing = false;
        try {
            Connection connection = own.get();
            List<Decided<?>> decided = Batch.decide(connection, batch);
            committing = true;
            connection.commit();
            return new Done(decided);
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
