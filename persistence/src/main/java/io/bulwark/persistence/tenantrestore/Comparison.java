package io.bulwark.persistence.tenantrestore;

import io.bulwark.grammar.Name;
import io.bulwark.restore.Difference;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of one table in two databases, side by side in the order of their keys: one read of each side, and a few rows
 * in memory.
 */
final class Comparison {
    private static final int FETCH_ROWS = 1_000;

    private final Name tenant;
    private final int keysMax;
    private final Found added = new Found();
    private final Found removed = new Found();
    private final Found changed = new Found();
    private long same;

    private final class Found {
        private final List<String> keys = new ArrayList<>();
        private long count;

        void add(String key) {
            count++;
            if (keys.size() < keysMax) {
                keys.add(key);
            }
        }

        Difference.Rows rows() {
            return new Difference.Rows(count, keys);
        }
    }

    /** One side of it, at a row or at its end. */
    private static final class Side implements AutoCloseable {
        private final Statement statement;
        private final ResultSet rows;
        private boolean there;

        Side(TenantSession session, String query) throws SQLException {
            statement = session.connection().createStatement();
            statement.setFetchSize(FETCH_ROWS);
            rows = statement.executeQuery(query);
            next();
        }

        void next() throws SQLException {
            there = rows.next();
        }

        String key() throws SQLException {
            return rows.getString(1);
        }

        String hash() throws SQLException {
            return rows.getString(2);
        }

        /** As the database orders them: by the bytes of the key. */
        int compareTo(Side other) throws SQLException {
            if (!there || !other.there) {
                return Boolean.compare(other.there, there);
            }
            return Arrays.compareUnsigned(
                    key().getBytes(StandardCharsets.UTF_8), other.key().getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() throws SQLException {
            statement.close();
        }
    }

    private Comparison(Name tenant, int keysMax) {
        this.tenant = tenant;
        this.keysMax = keysMax;
    }

    /** @param keysMax how many keys are kept of each kind */
    static Difference.Table of(Name tenant, TenantRows rows, TenantSession now, TenantSession then, int keysMax)
            throws SQLException {
        return new Comparison(tenant, keysMax).compare(rows, now, then);
    }

    private Difference.Table compare(TenantRows rows, TenantSession now, TenantSession then) throws SQLException {
        String query = "SELECT key, hash FROM (SELECT " + rows.recognised() + " AS key, " + rows.hashOfContent()
                + " AS hash FROM " + rows.from() + " WHERE " + rows.readOf(tenant)
                + ") AS hashed ORDER BY key COLLATE \"C\", hash";
        try (Side present = new Side(now, query);
                Side past = new Side(then, query)) {
            while (present.there || past.there) {
                step(present, past);
            }
        }
        return new Difference.Table(rows.table().toString(), added.rows(), removed.rows(), changed.rows(), same);
    }

    private void step(Side present, Side past) throws SQLException {
        int order = present.compareTo(past);
        if (order < 0) {
            removed.add(present.key());
            present.next();
        } else if (order > 0) {
            added.add(past.key());
            past.next();
        } else {
            if (present.hash().equals(past.hash())) {
                same++;
            } else {
                changed.add(present.key());
            }
            present.next();
            past.next();
        }
    }
}
