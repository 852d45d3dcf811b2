package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

/** Pages that a real server wrote. */
class PageChecksumTest {
    private static final LogSequenceNumber LATER = LogSequenceNumber.valueOf("FFFFFFFF/0");

    @Test
    void pagesOfTheServer_hold_andChangedOrMovedOnesDoNot() throws SQLException {
        Database database = TestServer.emptyDatabase();
        TestServer.execute(
                database, "CREATE TABLE t AS SELECT n, md5(n::text) FROM generate_series(1, 500) n", "CHECKPOINT");
        try (Connection connection = TestServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_read_binary_file(pg_relation_filepath('t'))")) {
            row.next();
            byte[] file = row.getBytes(1);
            assertThat(file.length).isGreaterThanOrEqualTo(4 * 8192);
            for (int block = 0; block < 4; block++) {
                byte[] page = Arrays.copyOfRange(file, block * 8192, (block + 1) * 8192);
                assertThat(PageChecksum.holds(page, block, LATER)).isTrue();
                assertThat(PageChecksum.holds(page, block + 1, LATER)).isFalse();
                // A checksum of 16 bits may miss one change in 65,535, and hardly two.
                page[8191] ^= 1;
                boolean missed = PageChecksum.holds(page, block, LATER);
                page[8190] ^= 1;
                assertThat(missed && PageChecksum.holds(page, block, LATER)).isFalse();
                assertThat(PageChecksum.holds(page, block, LogSequenceNumber.valueOf("0/1")))
                        .isTrue();
            }
        }
    }

    @Test
    void pageThatWasNeverUsed_holds() {
        assertThat(PageChecksum.holds(new byte[8192], 3, LATER)).isTrue();
    }
}
