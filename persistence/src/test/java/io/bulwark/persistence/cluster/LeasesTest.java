package io.bulwark.persistence.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.bulwark.persistence.database.TestServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final HikariDataSource pool = TestServer.migratedDatabase().pool("test", 16);
    private final Leases leases = new Leases(pool);

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void take_heldByAnother_isRefused_andTheOwnerRenewsUnderTheSameFence() throws SQLException {
        assertThat(leases.take("split", "a", LONG)).hasValue(1);
        assertThat(leases.take("split", "b", LONG)).isEmpty();
        assertThat(leases.take("split", "a", LONG)).hasValue(1);
        assertThat(leases.take("other", "b", LONG)).hasValue(1);
    }

    @Test
    void take_runOut_goesToTheNextUnderAHigherFence() throws SQLException {
        leases.take("split", "a", Duration.ofMillis(1));
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> leases.take("split", "b", LONG).equals(java.util.OptionalLong.of(2)));
        assertThat(leases.take("split", "a", LONG)).isEmpty();
    }

    @Test
    void give_byItsOwner_freesIt_byAnother_changesNothing() throws SQLException {
        leases.take("split", "a", LONG);
        leases.give("split", "b");
        assertThat(leases.take("split", "b", LONG)).isEmpty();
        leases.give("split", "a");
        assertThat(leases.take("split", "b", LONG)).hasValue(2);
    }

    @Test
    void take_manyAtTheSameMoment_exactlyOneHasIt() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var taken = threads.invokeAll(IntStream.range(0, 12)
                    .<Callable<Boolean>>mapToObj(
                            i -> () -> leases.take("split", "owner-" + i, LONG).isPresent())
                    .toList());
            assertThat(taken).filteredOn(java.util.concurrent.Future::resultNow).hasSize(1);
        }
    }
}
