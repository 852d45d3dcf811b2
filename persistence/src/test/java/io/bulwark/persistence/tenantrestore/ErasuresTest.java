package io.bulwark.persistence.tenantrestore;

import static io.bulwark.persistence.tenantrestore.TwoTimes.ACME;
import static io.bulwark.persistence.tenantrestore.TwoTimes.OTHER;
import static io.bulwark.persistence.tenantrestore.TwoTimes.REGISTERED;
import static io.bulwark.persistence.tenantrestore.TwoTimes.rowsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.grammar.Name;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.repository.Erasure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is on the erasure list does not come back, and nothing else is missed. */
class ErasuresTest {
    private final TwoTimes times = TwoTimes.begin();
    private final Database then = times.copy();

    private static Erasure erasure(Name tenant, Optional<Erasure.Rows> rows) {
        return new Erasure(tenant, rows, "article 17", Instant.parse("2026-11-27T03:15:00Z"));
    }

    private static Erasure rows(String table, String column, String... values) {
        return erasure(ACME, Optional.of(new Erasure.Rows("app", table, "tenant", column, List.of(values))));
    }

    @Test
    void rowsOnTheList_areErasedFromARestoredDatabase_ofTheirTenantOnly() throws Exception {
        var others = rowsOf(OTHER, then);

        List<Erasures.Applied> applied = Erasures.apply(
                then,
                REGISTERED,
                List.of(rows("invoice", "id", "3", "13", "77"), rows("customer", "email", "acme3@x")));

        assertThat(applied).extracting(Erasures.Applied::rows).containsExactly(1L, 1L);
        assertThat(TwoTimes.query(then, "SELECT count(*) FROM app.invoice WHERE tenant = 'acme'"))
                .containsExactly("9");
        assertThat(TwoTimes.query(then, "SELECT count(*) FROM app.customer WHERE id = 3"))
                .containsExactly("0");
        assertThat(rowsOf(OTHER, then)).isEqualTo(others);
        assertThat(Erasures.apply(then, REGISTERED, List.of(rows("invoice", "id", "3"))))
                .extracting(Erasures.Applied::rows)
                .containsExactly(0L);
    }

    @Test
    void tableOrColumnThatIsNotThere_hasNothingToErase() throws Exception {
        assertThat(Erasures.apply(
                        then, REGISTERED, List.of(rows("nothing", "id", "1"), rows("customer", "nothing", "1"))))
                .extracting(Erasures.Applied::rows)
                .containsExactly(0L, 0L);
    }

    @Test
    void whatIsReferredTo_andMayNotGo_isRefused_andNothingIsErased() {
        assertThatThrownBy(() -> Erasures.apply(
                        then, REGISTERED, List.of(rows("invoice", "id", "1"), rows("customer", "id", "5"))))
                .isInstanceOf(TenantRestoreException.class)
                .hasMessageContaining("invoice_customer_fkey")
                .hasMessageContaining("must not be used");
        assertThat(TwoTimes.query(then, "SELECT count(*) FROM app.invoice WHERE id = 1"))
                .containsExactly("1");
    }

    @Test
    void tenantOnTheList_isErasedAsAWhole() throws Exception {
        var others = rowsOf(OTHER, then);

        List<Erasures.Applied> applied = Erasures.apply(then, REGISTERED, List.of(erasure(ACME, Optional.empty())));

        assertThat(applied).extracting(Erasures.Applied::rows).containsExactly(10L + 2 + 10 + 1 + 10 + 10);
        assertThat(rowsOf(ACME, then).values()).allMatch(List::isEmpty);
        assertThat(rowsOf(OTHER, then)).isEqualTo(others);
    }

    @Test
    void listOfOneTenant_isWhatIsOfIt_andATenantThatIsOnItAsAWhole_isRefused() throws Exception {
        Erasure ofOther = erasure(OTHER, Optional.empty());
        Erasure rows = rows("invoice", "id", "3");
        assertThat(Erasures.of(ACME, List.of(ofOther, rows))).containsExactly(rows);
        assertThatThrownBy(() -> Erasures.of(OTHER, List.of(rows, ofOther)))
                .isInstanceOf(TenantRestoreException.class)
                .hasMessageContaining("'other' is on the erasure list as a whole")
                .hasMessageContaining("article 17");
    }

    @Test
    void whatWasErased_doesNotComeBackWithItsTenant() throws Exception {
        times.run(
                "DELETE FROM app.invoice WHERE id = 3",
                "DELETE FROM app.customer WHERE email = 'acme3@x'",
                "UPDATE app.customer SET plan = 'large' WHERE tenant = 'acme'");
        Erasures.apply(then, REGISTERED, List.of(rows("invoice", "id", "3"), rows("customer", "email", "acme3@x")));

        try (TenantRestore restore = TenantRestore.begin(times.live(), ACME, REGISTERED)) {
            restore.exchange(then, _ -> {});
        }

        assertThat(times.query("SELECT count(*) || ' ' || min(plan) FROM app.customer WHERE tenant = 'acme'"))
                .containsExactly("9 small");
        assertThat(times.query("SELECT count(*) FROM app.customer WHERE email = 'acme3@x'"))
                .containsExactly("0");
    }
}
