package io.bulwark.persistence.ledger;

import java.sql.SQLException;

/** What a failed batch says about the database and the batch; by SQLSTATE, see PostgreSQL's appendix A. */
enum Failure {
    /** A value of some row is not acceptable to the database: the batch without that row succeeds. */
    BAD_ROW,
    /** Some row is held by another transaction for too long, or a deadlock was ended by giving this one up. */
    BUSY_ROW,
    /** The database is gone, going, full, hung, read-only or not what it should be. */
    AWAY;

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
