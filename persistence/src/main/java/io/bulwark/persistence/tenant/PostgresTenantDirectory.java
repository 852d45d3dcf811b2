package io.bulwark.persistence.tenant;

import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;

/**
 * The list of tenants and their policies in the table {@code tenant}. Each call is one short statement on a virtual thread. A stage fails
 * with the database's {@link SQLException}, or with an {@link IllegalStateException} when {@value #WAITING_MAX} calls
 * wait already; the guards put their line again when they recover.
 */
public final class PostgresTenantDirectory implements TenantDirectory {
    private static final int WAITING_MAX = 1_000;

    private static final String PUT = """
            INSERT INTO tenant (tenant, version, status, policy) VALUES (?, ?, ?, ?::jsonb)
            ON CONFLICT (tenant) DO UPDATE
            SET version = EXCLUDED.version, status = EXCLUDED.status, policy = EXCLUDED.policy
            WHERE tenant.version <= EXCLUDED.version""";

    private static final String REMOVE = "DELETE FROM tenant WHERE tenant = ? AND version <= ?";
    private static final String LIST =
            "SELECT tenant, version, status FROM tenant WHERE tenant > ? ORDER BY tenant LIMIT ?";
    private static final String FIND = "SELECT version, policy FROM tenant WHERE tenant = ?";

    private final DataSource pool;
    private final Semaphore places = new Semaphore(WAITING_MAX);
    private final Executor executor = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("bulwark-tenants-", 0).factory());

    /** @param pool bounds how many statements run at once; the schema must be there */
    public PostgresTenantDirectory(DataSource pool) {
        this.pool = pool;
    }

    @Override
    public CompletionStage<Void> put(Name tenant, long version, TenantPolicy policy) {
        return change(PUT, statement -> {
            statement.setString(1, tenant.value());
            statement.setLong(2, version);
            statement.setString(3, text(policy.status()));
            statement.setString(4, PolicyJson.write(policy));
        });
    }

    @Override
    public CompletionStage<Void> remove(Name tenant, long version) {
        return change(REMOVE, statement -> {
            statement.setString(1, tenant.value());
            statement.setLong(2, version);
        });
    }

    @Override
    public CompletionStage<List<Entry>> list(Optional<Name> after, int limit) {
        Ranges.check("limit", limit, 1, 1_000);
        return run(LIST, statement -> {
            statement.setString(1, after.map(Name::value).orElse(""));
            statement.setInt(2, limit);
            try (ResultSet rows = statement.executeQuery()) {
                return entries(rows);
            }
        });
    }

    @Override
    public CompletionStage<Optional<LastKnown>> find(Name tenant) {
        return run(FIND, statement -> {
            statement.setString(1, tenant.value());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? lastKnown(row) : Optional.empty();
            }
        });
    }

    private static Optional<LastKnown> lastKnown(ResultSet row) throws SQLException {
        long version = row.getLong(1);
        String policy = row.getString(2);
        return policy == null ? Optional.empty() : Optional.of(new LastKnown(version, PolicyJson.read(policy)));
    }

    private static List<Entry> entries(ResultSet rows) throws SQLException {
        List<Entry> entries = new ArrayList<>();
        while (rows.next()) {
            entries.add(new Entry(new Name(rows.getString(1)), rows.getLong(2), status(rows.getString(3))));
        }
        return entries;
    }

    private static String text(TenantStatus status) {
        return switch (status) {
            case ACTIVE -> "active";
            case QUARANTINED -> "quarantined";
            case MAINTENANCE -> "maintenance";
        };
    }

    private static TenantStatus status(String text) throws SQLException {
        for (TenantStatus status : TenantStatus.values()) {
            if (text(status).equals(text)) {
                return status;
            }
        }
        throw new SQLException(
                "The table tenant holds the status '" + text + "': expected active, quarantined or maintenance");
    }

    private interface Parameters {
        void set(PreparedStatement statement) throws SQLException;
    }

    private interface Query<T> {
        T run(PreparedStatement statement) throws SQLException;
    }

    private CompletionStage<Void> change(String sql, Parameters parameters) {
        return run(sql, statement -> {
                    parameters.set(statement);
                    return statement.executeUpdate();
                })
                .thenAccept(changed -> {});
    }

    private <T> CompletionStage<T> run(String sql, Query<T> query) {
        if (!places.tryAcquire()) {
            return CompletableFuture.failedStage(new IllegalStateException(
                    "The list of tenants has " + WAITING_MAX + " calls waiting: the database is slow or away"));
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        executor.execute(() -> {
            try (Connection connection = pool.getConnection();
                    PreparedStatement statement = connection.prepareStatement(sql)) {
                result.complete(query.run(statement));
            } catch (SQLException | RuntimeException failure) {
                result.completeExceptionally(failure);
            } finally {
                places.release();
            }
        });
        return result;
    }
}
