package io.bulwark.persistence.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowLevelSecurityTest {
    private static final Database OWNER = TestServer.migratedDatabase();
    private static final Database READER = new Database(OWNER.url(), "rls_reader", "secret");

    @BeforeAll
    static void twoTenantsAndAReader() {
        TestServer.execute(
                OWNER,
                "CREATE ROLE rls_reader LOGIN PASSWORD 'secret'",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO rls_reader");
        for (String tenant : new String[] {"acme", "other"}) {
            TestServer.execute(
                    OWNER,
                    "INSERT INTO tenant VALUES ('" + tenant + "', 1, 'active')",
                    "INSERT INTO operation VALUES ('" + tenant + "', 'k', 'f', 1, nextval('operation_token'), 1,"
                            + " gen_random_uuid(), now(), NULL, NULL, NULL, NULL, now(), now(), now())",
                    "INSERT INTO event_journal (persistence_id, sequence_number, writer, event_ser_id,"
                            + " event_ser_manifest, event_payload) VALUES ('guard|" + tenant + "', 1, 'w', 1, '', '')",
                    "INSERT INTO event_tag SELECT ordering, 't' FROM event_journal WHERE persistence_id = 'guard|"
                            + tenant + "'",
                    "INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot_ser_id,"
                            + " snapshot_ser_manifest, snapshot_payload) VALUES ('guard|" + tenant
                            + "', 1, 1, 1, '', '')");
        }
        TestServer.execute(
                OWNER,
                "INSERT INTO event_journal (persistence_id, sequence_number, writer, event_ser_id, event_ser_manifest,"
                        + " event_payload) VALUES ('services', 1, 'w', 1, '', '')");
    }

    @ParameterizedTest
    @ValueSource(strings = {"operation", "tenant", "event_journal", "event_tag", "snapshot"})
    void otherRole_seesItsOwnTenantOnly(String table) throws SQLException {
        assertThat(count(READER, "", table)).isZero();
        assertThat(count(READER, "acme", table)).isEqualTo(1);
        assertThat(count(READER, "nobody", table)).isZero();
        assertThat(count(OWNER, "", table)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void otherRole_cannotWriteForAnotherTenant() throws SQLException {
        try (Connection connection = TestServer.connect(READER);
                Statement statement = connection.createStatement()) {
            statement.execute("SET bulwark.tenant = 'acme'");
            assertThat(statement.executeUpdate("UPDATE operation SET attempts = 9 WHERE tenant = 'other'"))
                    .isZero();
            assertThat(statement.executeUpdate("DELETE FROM snapshot WHERE persistence_id = 'guard|other'"))
                    .isZero();
            assertThatThrownBy(() -> statement.execute("INSERT INTO tenant VALUES ('third', 1, 'active')"))
                    .hasMessageContaining("row-level security");
        }
    }

    @Test
    void everyTableWithAPolicy_isSecured_andOnlyTheRunnersRecordIsNot() throws SQLException {
        try (Connection connection = TestServer.connect(OWNER);
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT string_agg(relname, ',') FROM pg_class WHERE relkind = 'r'"
                                + " AND relnamespace = 'public'::regnamespace AND NOT relrowsecurity")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("bulwark_migration");
        }
    }

    private static int count(Database database, String tenant, String table) throws SQLException {
        try (Connection connection = TestServer.connect(database);
                Statement statement = connection.createStatement()) {
            if (!tenant.isEmpty()) {
                statement.execute("SET bulwark.tenant = '" + tenant + "'");
            }
            try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
