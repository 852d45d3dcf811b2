package io.bulwark.persistence.database;

import java.sql.SQLException;

/** Tells a connection that is gone from a statement that failed, by SQLSTATE (PostgreSQL's appendix A). */
public final class LostConnection {
    private LostConnection() {}

    /**
     * Whether the connection broke, or the server ended the session. Of a commit nobody knows then whether it came to pass: a
     * session that waits for a standby is ended after its commit.
     */
    public static boolean is(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return state.startsWith("08") || state.startsWith("57P");
    }
}
