package io.bulwark.persistence.tenantrestore;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.bulwark.grammar.Ranges;
import io.bulwark.restore.RestoreRun;
import io.bulwark.restore.RestoreRun.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The restores of tenants in the table {@code tenant_restore}: the last {@value #KEPT_MAX}. One that is written as running
 * is broken off as soon as nobody holds its tenant's lock ({@link TenantRestore}), and read so.
 */
public final class RestoreRuns {
    private static final int KEPT_MAX = 1_000;

    private static final String BROKEN_OFF =
            "The node that ran it ended, or lost the database. If it was not releasing the"
                    + " tenant yet, the tenant is as before, and quarantined if that phase was reached: start the restore again, or"
                    + " put the tenant's policy with \"status\":\"active\"";

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final String READ = """
            SELECT run, EXISTS (SELECT FROM pg_locks
              WHERE locktype = 'advisory' AND objsubid = 1 AND granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND (classid::bigint << 32) | objid::bigint = hashtextextended('bulwark-tenant-restore|' || tenant, 0))
            FROM tenant_restore
            """;

    private static final String PUT = """
            INSERT INTO tenant_restore (id, tenant, run) VALUES (?, ?, ?::jsonb)
            ON CONFLICT (id) DO UPDATE SET run = excluded.run""";

    private static final String FORGET = "DELETE FROM tenant_restore WHERE id <="
            + " (SELECT id FROM tenant_restore ORDER BY id DESC OFFSET " + KEPT_MAX + " LIMIT 1)";

    private final DataSource pool;

    /** @param pool bounds how many statements run at once; the schema must be there */
    public RestoreRuns(DataSource pool) {
        this.pool = pool;
    }

    /** Writes one that begins; its tenant's lock is held. Whatever was written as running of the tenant was broken off. */
    public void begin(RestoreRun run) throws SQLException {
        for (RestoreRun before : query(
                READ + "WHERE tenant = ? AND run ->> 'state' = 'running'",
                run.order().tenant().value())) {
            put(before.ended(State.BROKEN_OFF, Optional.empty(), BROKEN_OFF));
        }
        put(run);
        try (Connection connection = pool.getConnection();
                PreparedStatement delete = connection.prepareStatement(FORGET)) {
            delete.executeUpdate();
        }
    }

    /** Writes how far it is now. */
    public void put(RestoreRun run) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement insert = connection.prepareStatement(PUT)) {
            insert.setString(1, run.id());
            insert.setString(2, run.order().tenant().value());
            insert.setString(3, written(run));
            insert.executeUpdate();
        }
    }

    /** The run of this id. */
    public Optional<RestoreRun> find(String id) throws SQLException {
        return query(READ + "WHERE id = ?", id).stream().findFirst();
    }

    /**
     * The latest first.
     *
     * @param before only those with a lower id
     * @param most 1 to 1,000
     */
    public List<RestoreRun> list(Optional<String> before, int most) throws SQLException {
        Ranges.check("most", most, 1, 1_000);
        String newest = " ORDER BY id DESC LIMIT " + most;
        return before.isPresent() ? query(READ + "WHERE id < ?" + newest, before.get()) : query(READ + newest);
    }

    private List<RestoreRun> query(String sql, String... parameters) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                query.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = query.executeQuery()) {
                List<RestoreRun> runs = new ArrayList<>();
                while (rows.next()) {
                    runs.add(read(rows.getString(1), rows.getBoolean(2)));
                }
                return runs;
            }
        }
    }

    private static RestoreRun read(String json, boolean held) throws SQLException {
        try {
            RestoreRun run = MAPPER.readValue(json, RestoreRun.class);
            return run.state() == State.RUNNING && !held
                    ? run.ended(State.BROKEN_OFF, Optional.empty(), BROKEN_OFF)
                    : run;
        } catch (JsonProcessingException e) {
            throw new SQLException("The table tenant_restore holds what is no restore: " + e.getOriginalMessage(), e);
        }
    }

    private static String written(RestoreRun run) {
        try {
            return MAPPER.writeValueAsString(run);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The restore cannot be written as JSON: " + run, e);
        }
    }
}
