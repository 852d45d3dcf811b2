package io.bulwark.persistence.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;
import javax.sql.DataSource;

/**
 * Leases by name: held by one owner at a time, until a moment of the database's clock. What must be safe beyond that
 * moment carries the fence, which is higher for each new owner.
 */
public final class Leases {
    private final DataSource database;

    public Leases(DataSource database) {
        this.database = database;
    }

    /**
     * Takes the lease if it is free or has run out, or renews it for its owner.
     *
     * @param length from now, by the database's clock; 1 ms or more
     * @return the fence, which stays the same while an owner renews; empty while another holds the lease
     */
    public OptionalLong take(String name, String owner, Duration length) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement upsert = connection.prepareStatement("""
                        INSERT INTO cluster_lease AS l (name, owner, fence, held_until)
                        VALUES (?, ?, 1, clock_timestamp() + ? * interval '1 millisecond')
                        ON CONFLICT (name) DO UPDATE SET
                          fence = l.fence + CASE WHEN l.owner = excluded.owner THEN 0 ELSE 1 END,
                          owner = excluded.owner, held_until = excluded.held_until
                        WHERE l.owner = excluded.owner OR l.held_until < clock_timestamp()
                        RETURNING fence""")) {
            upsert.setString(1, name);
            upsert.setString(2, owner);
            upsert.setLong(3, length.toMillis());
            try (ResultSet row = upsert.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    /** Gives the lease back; nothing happens when this owner does not hold it. */
    public void give(String name, String owner) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE cluster_lease SET held_until = '-infinity', owner = '' WHERE name = ? AND owner = ?")) {
            update.setString(1, name);
            update.setString(2, owner);
            update.executeUpdate();
        }
    }
}
