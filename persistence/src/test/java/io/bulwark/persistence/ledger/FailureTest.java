package io.bulwark.persistence.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class FailureTest {
    @ParameterizedTest
    @CsvSource({
        "22021, true,  BAD_ROW,  true",
        "23514, true,  BAD_ROW,  true",
        "55P03, true,  BUSY_ROW, true",
        "40P01, true,  BUSY_ROW, true",
        "57014, true,  AWAY,     true",
        "53100, true,  AWAY,     true",
        "25006, true,  AWAY,     true",
        "57P01, true,  AWAY,     false",
        "57P02, true,  AWAY,     false",
        "08006, false, AWAY,     false",
        "53100, false, AWAY,     false",
        "'',    false, AWAY,     false"
    })
    void failure_isDefiniteWhenTheServerGaveTheTransactionUp(
            String state, boolean saidByServer, Failure kind, boolean definite) {
        SQLException failure = saidByServer
                ? new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0Mtest\0"))
                : new SQLException("test", state);
        assertThat(Failure.of(failure)).isEqualTo(kind);
        assertThat(Failure.isDefinite(failure)).isEqualTo(definite);
    }
}
