package io.bulwark.persistence.tenantrestore;

import static io.bulwark.persistence.tenantrestore.TwoTimes.ACME;
import static io.bulwark.persistence.tenantrestore.TwoTimes.OTHER;
import static io.bulwark.persistence.tenantrestore.TwoTimes.REGISTERED;
import static io.bulwark.persistence.tenantrestore.TwoTimes.rowsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.database.Database;
import io.bulwark.restore.Difference;
import io.bulwark.restore.Difference.Rows;
import io.bulwark.restore.Exchanged;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two real databases: one tenant goes back, and everything else stays. */
class TenantRestoreTest {
    private final TwoTimes times = TwoTimes.begin();
    private final Database then = times.copy();

    private Exchanged exchange() throws TenantRestoreException {
        try (TenantRestore restore = TenantRestore.begin(times.live(), ACME, REGISTERED)) {
            return restore.exchange(then, _ -> {});
        }
    }

    private Difference preview() throws TenantRestoreException {
        try (TenantRestore restore = TenantRestore.begin(times.live(), ACME, REGISTERED)) {
            return restore.preview(then, 2);
        }
    }

    private Difference.Table of(Difference difference, String table) {
        return difference.tables().stream()
                .filter(each -> each.table().equals(table))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void exchange_bringsEveryRowOfTheTenantBack_andLeavesTheOthersAsTheyAre() throws Exception {
        times.harm();
        times.run(
                "UPDATE operation SET attempts = 9 WHERE tenant = 'other'",
                "DELETE FROM app.invoice WHERE customer = 107");
        var others = rowsOf(OTHER, times.live());
        List<String> nobodys = times.query("SELECT i::text FROM app.invoice i WHERE tenant IS NULL");

        Exchanged exchanged = exchange();

        assertThat(rowsOf(ACME, times.live())).isEqualTo(rowsOf(ACME, then));
        assertThat(rowsOf(OTHER, times.live())).isEqualTo(others);
        assertThat(times.query("SELECT i::text FROM app.invoice i WHERE tenant IS NULL"))
                .isEqualTo(nobodys);
        assertThat(exchanged.tables())
                .extracting(Exchanged.Table::table)
                .containsExactly(
                        "public.event_journal",
                        "public.event_tag",
                        "public.snapshot",
                        "public.operation",
                        "public.tenant",
                        "app.customer",
                        "app.invoice");
        Exchanged.Table invoices = exchanged.tables().getLast();
        assertThat(invoices.before().rows()).isEqualTo(9);
        assertThat(invoices.after().rows()).isEqualTo(10);
        assertThat(invoices.others().rows()).isEqualTo(10);
    }

    @Test
    void exchange_givesNoNumberTwice() throws Exception {
        times.harm();
        long identity =
                Long.parseLong(times.query("SELECT max(id) FROM app.invoice").getFirst());
        long ordering = Long.parseLong(
                times.query("SELECT max(ordering) FROM event_journal").getFirst());

        exchange();

        times.run("INSERT INTO app.invoice (tenant, customer, net) VALUES ('acme', 1, 1)");
        assertThat(times.query("SELECT max(id) > " + identity + " FROM app.invoice"))
                .containsExactly("t");
        assertThat(times.query("SELECT min(ordering) > " + ordering
                        + " FROM event_journal WHERE persistence_id = 'guard|acme' AND NOT deleted"))
                .containsExactly("t");
    }

    @Test
    void journal_afterARestore_hasNoFreeNumberUpToTheLastOfBefore_andNothingOfBeforeInIt() throws Exception {
        times.harm();

        Exchanged exchanged = exchange();

        assertThat(exchanged.shift()).isEqualTo(15);
        assertThat(times.query("SELECT string_agg(sequence_number || CASE WHEN deleted THEN '-' ELSE '+' END, ' '"
                        + " ORDER BY sequence_number) FROM event_journal WHERE persistence_id = 'guard|acme'"))
                .containsExactly("1- 2- 3- 4- 5- 6- 7- 8- 9- 10- 11- 12- 13- 14- 15-"
                        + " 16+ 17+ 18+ 19+ 20+ 21+ 22+ 23+ 24+ 25+");
        assertThat(times.query("SELECT sequence_number FROM snapshot WHERE persistence_id = 'guard|acme' ORDER BY 1"))
                .containsExactly("20", "25");
        assertThat(times.query("SELECT DISTINCT octet_length(event_payload) FROM event_journal WHERE deleted"))
                .containsExactly("0");
        for (int next = 1; next <= 15; next++) {
            int number = next;
            assertThatThrownBy(() -> times.events(ACME, number, number)).hasMessageContaining("event_journal_pkey");
        }
    }

    @Test
    void exchange_again_isTheSame_andToAnotherInstantToo() throws Exception {
        times.harm();
        Database later = times.copy();
        exchange();
        exchange();
        assertThat(rowsOf(ACME, times.live())).isEqualTo(rowsOf(ACME, then));

        try (TenantRestore restore = TenantRestore.begin(times.live(), ACME, REGISTERED)) {
            restore.exchange(later, _ -> {});
        }

        assertThat(rowsOf(ACME, times.live())).isEqualTo(rowsOf(ACME, later));
    }

    @Test
    void tenantThatWasTakenOut_comesBack() throws Exception {
        times.run(
                "DELETE FROM tenant WHERE tenant = 'acme'",
                "DELETE FROM operation WHERE tenant = 'acme'",
                "DELETE FROM snapshot WHERE persistence_id = 'guard|acme'");
        times.events(ACME, 11, 11);

        exchange();

        assertThat(rowsOf(ACME, times.live())).isEqualTo(rowsOf(ACME, then));
    }

    @Test
    void preview_showsWhatWouldChange_andChangesNothing() throws Exception {
        times.harm();
        List<String> before = times.everything();

        Difference difference = preview();

        assertThat(of(difference, "public.operation"))
                .isEqualTo(new Difference.Table(
                        "public.operation",
                        new Rows(2, List.of("(acme,k1)", "(acme,k2)")),
                        new Rows(1, List.of("(acme,late)")),
                        new Rows(1, List.of("(acme,k3)")),
                        7));
        assertThat(of(difference, "app.customer").added()).isEqualTo(new Rows(1, List.of("5")));
        assertThat(of(difference, "app.invoice").changed().count()).isEqualTo(9);
        assertThat(of(difference, "app.invoice").changed().keys()).containsExactly("1", "10");
        assertThat(of(difference, "public.event_journal").removed().keys().getFirst())
                .isEqualTo("2026-11-18T11:06:40.011Z event");
        assertThat(of(difference, "public.event_journal").same()).isEqualTo(10);
        assertThat(difference.none()).isFalse();
        assertThat(times.everything()).isEqualTo(before);
    }

    @Test
    void preview_afterTheRestore_showsNothing() throws Exception {
        times.harm();
        exchange();

        assertThat(preview().tables()).allMatch(Difference.Table::none);
    }

    @Test
    void rowsWithoutAKey_areCountedOneByOne() throws Exception {
        times.run("CREATE TABLE app.hit (tenant text, at int)", "INSERT INTO app.hit VALUES ('acme', 1), ('acme', 1)");
        Database withHits = times.copy();
        times.run("INSERT INTO app.hit VALUES ('acme', 1), ('other', 2)");
        List<RegisteredTable> hits = List.of(RegisteredTable.parse("app.hit:tenant"));
        try (TenantRestore restore = TenantRestore.begin(times.live(), ACME, hits)) {
            Difference.Table seen = of(restore.preview(withHits, 5), "app.hit");
            assertThat(seen.removed().count()).isEqualTo(1);
            assertThat(seen.same()).isEqualTo(2);
            restore.exchange(withHits, _ -> {});
        }
        assertThat(times.query("SELECT tenant || at FROM app.hit ORDER BY 1"))
                .containsExactly("acme1", "acme1", "other2");
    }

    @Test
    void everyKindOfColumnAndTable_isCopiedExactly() throws Exception {
        times.run(
                "CREATE DOMAIN app.name AS text",
                "CREATE TYPE app.mood AS ENUM ('good', 'bad')",
                "CREATE TYPE app.point AS (x int, y text)",
                "CREATE TABLE app.\"Odd.Table\" (\"Te nant\" app.name, id int, mood app.mood, moods app.mood[], at app.point,"
                        + " f float8, d interval, t timetz, b bytea, j json, r int4range, doubled int GENERATED"
                        + " ALWAYS AS (id * 2) STORED, PRIMARY KEY (\"Te nant\", id)) PARTITION BY LIST (\"Te nant\")",
                "CREATE TABLE app.odd_acme PARTITION OF app.\"Odd.Table\" FOR VALUES IN ('acme')",
                "CREATE TABLE app.odd_rest PARTITION OF app.\"Odd.Table\" DEFAULT",
                "CREATE TABLE app.child (owner app.name, odd int, FOREIGN KEY (owner, odd) REFERENCES app.\"Odd.Table\")",
                "INSERT INTO app.\"Odd.Table\" SELECT t, n, 'bad', '{good,bad,NULL}', ROW(n, 'a''b\"c'::text)::app.point, 0.1 + n,"
                        + " '1 mon 2 days', '12:00+02', '\\x00ff', '{\"a\": [1 ,2]}', '[1,5)'"
                        + " FROM generate_series(1, 5) n, unnest('{acme,other}'::text[]) t",
                "INSERT INTO app.\"Odd.Table\" (\"Te nant\", id, f) VALUES ('acme', 6, 'NaN'), ('acme', 7, '-Infinity')",
                "INSERT INTO app.child SELECT \"Te nant\", id FROM app.\"Odd.Table\"");
        List<String> all = oddRows();
        Database withOdd = times.copy();
        times.run(
                "DELETE FROM app.child WHERE odd = 2",
                "DELETE FROM app.\"Odd.Table\" WHERE id = 2 AND \"Te nant\" = 'acme'");
        times.run(
                "INSERT INTO app.child VALUES ('other', 2)",
                "UPDATE app.\"Odd.Table\" SET f = 7 WHERE \"Te nant\" = 'acme'");
        List<RegisteredTable> odd =
                List.of(RegisteredTable.parse("app.child:owner"), new RegisteredTable("app", "Odd.Table", "Te nant"));
        try (TenantRestore restore = TenantRestore.begin(times.live(), ACME, odd)) {
            Difference.Table seen = of(restore.preview(withOdd, 2), "app.Odd.Table");
            assertThat(seen.added()).isEqualTo(new Rows(1, List.of("(acme,2)")));
            assertThat(seen.changed().count()).isEqualTo(6);
            restore.exchange(withOdd, _ -> {});
        }
        assertThat(oddRows()).isEqualTo(all);
    }

    private List<String> oddRows() {
        return times.query("SELECT r FROM (SELECT o::text AS r FROM app.\"Odd.Table\" o UNION ALL"
                + " SELECT c::text FROM app.child c) rows ORDER BY 1");
    }

    @Test
    void inFlight_countsClaimsWhoseLeaseHolds() throws Exception {
        times.run(
                "UPDATE operation SET state = 1, status = NULL, headers = NULL, body = NULL, kept = NULL, lease_until ="
                        + " now() + interval '1 minute' WHERE key IN ('k1', 'k2')",
                "UPDATE operation SET lease_until = now() - interval '1 minute' WHERE key = 'k2'");
        try (TenantRestore restore = TenantRestore.begin(times.live(), ACME, List.of())) {
            assertThat(restore.inFlight().count()).isEqualTo(1);
            assertThat(restore.inFlight().until()).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"copying app.invoice", "verifying"})
    void databaseSessionLostInTheMiddle_leavesTheTenantAsItWas_andRunningItAgainWorks(String when) throws Exception {
        times.harm();
        List<String> before = times.everything();
        try (TenantRestore restore = TenantRestore.begin(times.live(), ACME, REGISTERED)) {
            assertThatThrownBy(() -> restore.exchange(then, doing -> {
                        if (doing.equals(when)) {
                            times.run(
                                    "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE application_name ="
                                            + " 'bulwark-tenant-restore' AND datname = current_database()");
                        }
                    }))
                    .isInstanceOf(TenantRestoreException.class)
                    .extracting(failure -> ((TenantRestoreException) failure).kind())
                    .isEqualTo(TenantRestoreException.Kind.FAILED);
        }
        assertThat(times.everything()).isEqualTo(before);

        exchange();

        assertThat(rowsOf(ACME, times.live())).isEqualTo(rowsOf(ACME, then));
    }
}
