package io.bulwark.persistence.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * How far the journal of one persistent actor has got: who believes to be its only writer, and finds that another has
 * written since, is not any more.
 */
public final class JournalHead {
    private static final String HEAD =
            "SELECT coalesce(max(sequence_number), 0) FROM event_journal WHERE persistence_id = ?";

    private final DataSource database;
    private final String persistenceId;

    public JournalHead(DataSource database, String persistenceId) {
        this.database = database;
        this.persistenceId = persistenceId;
    }

    /** The highest sequence number that was ever written; 0 when none was. */
    public long sequence() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement query = connection.prepareStatement(HEAD)) {
            query.setString(1, persistenceId);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
