package io.bulwark.persistence.ledger;

import io.bulwark.persistence.database.LostConnection;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** What a failed batch says about the database and the batch; by SQLSTATE, see PostgreSQL's appendix A. */
enum Failure {
    /** A value of some row is not acceptable to the database: the batch without that row succeeds. */
    BAD_ROW,
    /** Some row is held by another transaction for too long, or a deadlock was ended by giving this one up. */
    BUSY_ROW,
    /** The database is gone, going, full, hung, read-only or not what it should be. */
    AWAY;

    /** Whether the server said that it gave the transaction up; anything else may have come to pass after its commit. */
    static boolean isDefinite(SQLException exception) {
        boolean said = exception instanceof PSQLException answered && answered.getServerErrorMessage() != null;
        return of(exception) != AWAY || (said && !LostConnection.is(exception));
    }

    static Failure of(SQLException exception) {
        String state = exception.getSQLState() == null ? "" : exception.getSQLState();
        return switch (state) {
            case "40001", "40P01", "55P03" -> BUSY_ROW;
            // Data exceptions, constraints, and program limits such as too large a row.
            case String s when s.startsWith("22") || s.startsWith("23") || s.startsWith("54") -> BAD_ROW;
            case String _ -> AWAY;
        };
    }
}
