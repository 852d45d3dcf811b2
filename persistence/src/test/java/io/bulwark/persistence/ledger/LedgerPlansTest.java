package io.bulwark.persistence.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How the server means to run the ledger's statements when it knows that the table is empty. */
class LedgerPlansTest {
    private static final Database DATABASE = TestServer.migratedDatabase();

    static Stream<String> statements() {
        return Stream.of(
                OperationTable.READ, OperationTable.UPDATE, DirectTable.COMPLETE, DirectTable.CLAIM, DirectTable.BOTH);
    }

    @ParameterizedTest
    @MethodSource("statements")
    void planOfAnEmptyTable_looksEachKeyUp(String statement) throws SQLException {
        TestServer.execute(DATABASE, "VACUUM ANALYZE operation");
        LaneConnection lane = new LaneConnection(
                DATABASE.connections("test", Duration.ofSeconds(5), Duration.ofSeconds(5)), Duration.ofSeconds(5));
        String plan = plan(lane.committing(), statement.split(";", 2)[0]);
        lane.drop();
        assertThat(plan)
                .contains("Index Scan using operation_pkey on operation o\n")
                .contains("Index Cond: ((tenant = ANY (ARRAY[")
                .doesNotContain("Seq Scan")
                .doesNotContain("operation_expires_at_idx");
    }

    private static String plan(Connection connection, String sql) throws SQLException {
        String numbered = sql;
        int parameters = 0;
        while (numbered.contains("?")) {
            numbered = numbered.replaceFirst("[?]", "\\$" + ++parameters);
        }
        StringBuilder plan = new StringBuilder();
        try (Statement statement = connection.createStatement()) {
            statement.execute("PREPARE planned AS " + numbered);
            String nulls = String.join(", ", Collections.nCopies(parameters, "NULL"));
            try (ResultSet lines = statement.executeQuery("EXPLAIN (COSTS OFF) EXECUTE planned (" + nulls + ")")) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
        }
        return plan.toString();
    }
}
