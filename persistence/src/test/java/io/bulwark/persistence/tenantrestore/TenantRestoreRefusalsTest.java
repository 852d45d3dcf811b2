package io.bulwark.persistence.tenantrestore;

import static io.bulwark.persistence.tenantrestore.TwoTimes.ACME;
import static io.bulwark.persistence.tenantrestore.TwoTimes.OTHER;
import static io.bulwark.persistence.tenantrestore.TwoTimes.REGISTERED;
import static io.bulwark.persistence.tenantrestore.TwoTimes.rowsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulwark.grammar.Name;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.tenantrestore.TenantRestoreException.Kind;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be restored says why, and changes nothing. */
class TenantRestoreRefusalsTest {
    private final TwoTimes times = TwoTimes.begin();

    private void exchange(Database then, Consumer<String> told) throws TenantRestoreException {
        try (TenantRestore restore = TenantRestore.begin(times.live(), ACME, REGISTERED)) {
            restore.exchange(then, told);
        }
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Database then, Kind kind) {
        List<String> before = times.everything();
        var refused = assertThatThrownBy(() -> exchange(then, _ -> {}))
                .isInstanceOfSatisfying(
                        TenantRestoreException.class,
                        failure -> assertThat(failure.kind())
                                .as(failure.getMessage())
                                .isEqualTo(kind));
        assertThat(times.everything()).isEqualTo(before);
        return refused;
    }

    @Test
    void tenantThatNeverWas_isRefused_beforeAnythingIsRestored() {
        assertThatThrownBy(() -> TenantRestore.begin(times.live(), new Name("acne"), REGISTERED))
                .hasMessageContaining("There is no tenant 'acne' here, and never was")
                .hasMessageContaining("PUT /v1/tenants/acne");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    app.receipt:tenant     | There is no table app.receipt, which bulwark.backup.tenant-tables names
                    app.invoice:customer_  | The table app.invoice has no column customer_, which is to hold its rows' tenant: it has id, tenant, customer
                    app.invoice:customer   | The column customer of app.invoice is integer: expected text
                    public.operation:tenant | The table public.operation is registered as one of tenants, and is one already
                    """)
    void registeredTable_thatCannotBeOne_isRefused_beforeAnythingIsRestored(String table, String sentence) {
        assertThatThrownBy(() -> TenantRestore.begin(times.live(), ACME, List.of(RegisteredTable.parse(table))))
                .isInstanceOf(TenantRestoreException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void columnThatDoesNotTellCapitalsApart_isRefused() {
        times.run(
                "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "CREATE TABLE app.loose (tenant text COLLATE loose)");
        assertThatThrownBy(() ->
                        TenantRestore.begin(times.live(), ACME, List.of(RegisteredTable.parse("app.loose:tenant"))))
                .hasMessageContaining("that tells capital letters from small ones");
    }

    @Test
    void tenantThatWasNotThereThen_isRefused() {
        times.run(
                "DELETE FROM event_journal WHERE persistence_id = 'guard|acme'",
                "DELETE FROM snapshot WHERE persistence_id = 'guard|acme'",
                "DELETE FROM operation WHERE tenant = 'acme'",
                "DELETE FROM tenant WHERE tenant = 'acme'",
                "UPDATE app.customer SET best_invoice = NULL",
                "DELETE FROM app.invoice WHERE tenant = 'acme'",
                "DELETE FROM app.customer WHERE tenant = 'acme'");
        Database then = times.copy();
        times.events(ACME, 1, 1);

        assertRefused(then, Kind.REFUSED).hasMessageContaining("There was no tenant 'acme' at that instant");
    }

    @Test
    void tableThatHasChangedSince_isRefusedByItsColumns() {
        Database then = times.copy();
        times.run("ALTER TABLE app.invoice ALTER COLUMN paid TYPE timestamp(3)");

        assertRefused(then, Kind.REFUSED)
                .hasMessageContaining("The table app.invoice has other columns now than at the instant")
                .hasMessageContaining("paid timestamp(3) without time zone");
    }

    @Test
    void tableThatIsNewer_isRefused() {
        Database then = times.copy();
        times.run("CREATE TABLE app.newer (tenant text)");
        try (TenantRestore restore = TenantRestore.begin(
                times.live(),
                ACME,
                Stream.concat(REGISTERED.stream(), Stream.of(RegisteredTable.parse("app.newer:tenant")))
                        .toList())) {
            assertThatThrownBy(() -> restore.preview(then, 1))
                    .hasMessageContaining("There is no table app.newer at the instant");
        } catch (TenantRestoreException failure) {
            throw new AssertionError(failure);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NO ACTION", "CASCADE"})
    void rowOfAnUnregisteredTable_thatRefersToTheTenants_isRefused_whateverItsKeyDoes(String action) {
        Database then = times.copy();
        times.run(
                "ALTER TABLE app.note DROP CONSTRAINT note_invoice_fkey, ADD CONSTRAINT note_invoice_fkey"
                        + " FOREIGN KEY (invoice) REFERENCES app.invoice ON DELETE " + action,
                "INSERT INTO app.note VALUES (1, 3), (2, 13), (3, NULL)");

        assertRefused(then, Kind.REFUSED)
                .hasMessageContaining(
                        "1 rows of app.note that are not of the tenant acme refer to rows of it in app.invoice"
                                + " (by note_invoice_fkey)");
    }

    @Test
    void rowOfAnotherTenant_thatRefersToTheTenants_isRefused() {
        Database then = times.copy();
        times.run("UPDATE app.invoice SET customer = 3 WHERE tenant = 'other' AND customer = 103");

        assertRefused(then, Kind.REFUSED)
                .hasMessageContaining("1 rows of app.invoice that are not of the tenant acme refer to rows of it in"
                        + " app.customer");
    }

    @Test
    void rowOfThen_thatRefersToWhatIsGone_isRefused() {
        Database then = times.copy();
        times.run("UPDATE app.customer SET plan = 'large'", "DELETE FROM app.plan WHERE name = 'small'");

        assertRefused(then, Kind.REFUSED)
                .hasMessageContaining("refer to rows that are not there any more")
                .hasMessageContaining("plan");
    }

    @Test
    void whatIsUnique_andWasGivenAwaySince_isRefused() {
        Database then = times.copy();
        times.run(
                "UPDATE app.customer SET email = 'changed@x' WHERE id = 4",
                "UPDATE app.customer SET email = 'acme4@x' WHERE id = 104");

        assertRefused(then, Kind.REFUSED)
                .hasMessageContaining("was given to another since")
                .hasMessageContaining("acme4@x");
    }

    @Test
    void triggerThatReachesOtherTenants_isFoundByTheirHash() {
        times.run(
                "CREATE FUNCTION app.meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE app.customer SET plan ="
                        + " 'large' WHERE id = 101; RETURN NULL; END $$",
                "CREATE TRIGGER meddle AFTER INSERT ON app.invoice EXECUTE FUNCTION app.meddle()");
        Database then = times.copy();

        assertRefused(then, Kind.REFUSED)
                .hasMessageContaining("Rows of other tenants in app.customer would have been changed");
    }

    @Test
    void triggerThatChangesWhatIsCopied_isFoundByTheTenantsHash() {
        times.run(
                "CREATE FUNCTION app.round() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.net := round(NEW.net);"
                        + " RETURN NEW; END $$",
                "CREATE TRIGGER round BEFORE INSERT ON app.invoice FOR EACH ROW EXECUTE FUNCTION app.round()");
        Database then = times.copy();

        assertRefused(then, Kind.REFUSED)
                .hasMessageContaining("The tenant's rows in app.invoice are not those of the instant");
    }

    @Test
    void secondRestoreOfTheSameTenant_isRefused_untilTheFirstHasEnded() throws Exception {
        try (TenantRestore _ = TenantRestore.begin(times.live(), ACME, REGISTERED);
                TenantRestore _ = TenantRestore.begin(times.live(), OTHER, REGISTERED)) {
            assertThatThrownBy(() -> TenantRestore.begin(times.live(), ACME, REGISTERED))
                    .hasMessageContaining("Another restore of the tenant acme runs");
        }
        TenantRestore.begin(times.live(), ACME, REGISTERED).close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE operation SET attempts = 2 WHERE tenant = 'acme' AND key = 'k1'",
                "INSERT INTO event_journal SELECT nextval('event_journal_ordering_seq'), persistence_id, 11, deleted,"
                        + " writer, 0, '', 1, '', '' FROM event_journal WHERE persistence_id = 'guard|acme'"
                        + " AND sequence_number = 1"
            })
    void tenantWrittenToMeanwhile_isToldApart_andRunningItAgainWorks(String write) throws Exception {
        times.run("UPDATE app.customer SET best_invoice = NULL WHERE tenant = 'acme'");
        Database then = times.copy();

        assertThatThrownBy(() -> exchange(then, doing -> {
                    if (doing.startsWith("hashing")) {
                        times.run(write);
                    }
                }))
                .isInstanceOfSatisfying(
                        TenantRestoreException.class,
                        failure -> assertThat(failure.kind())
                                .as(failure.getMessage())
                                .isEqualTo(Kind.CHANGED_MEANWHILE));
        exchange(then, _ -> {});

        assertThat(rowsOf(ACME, times.live())).isEqualTo(rowsOf(ACME, then));
    }

    @Test
    void commitWhoseSessionIsEndedWhileItWaitsForAStandby_isInDoubt_andRunningItAgainIsRight() throws Exception {
        times.harm();
        Database then = times.copy();
        times.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
        Thread ender = Thread.ofVirtual()
                .start(() -> await().until(() -> !times.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE wait_event = 'SyncRep'")
                        .isEmpty()));
        try {
            assertThatThrownBy(() -> exchange(then, doing -> {
                        if (doing.startsWith("hashing")) {
                            times.query("SELECT pg_reload_conf()");
                        }
                    }))
                    .hasMessageContaining("either as before or as at the instant")
                    .extracting(failure -> ((TenantRestoreException) failure).kind())
                    .isEqualTo(Kind.IN_DOUBT);
        } finally {
            times.run("ALTER SYSTEM RESET synchronous_standby_names");
            times.query("SELECT pg_reload_conf()");
            ender.join();
        }
        exchange(then, _ -> {});

        assertThat(rowsOf(ACME, times.live())).isEqualTo(rowsOf(ACME, then));
    }

    @Test
    void othersWrittenToMeanwhile_areNoMatter_andTheirWritesStay() throws Exception {
        times.harm();
        Database then = times.copy();

        exchange(then, doing -> {
            if (doing.startsWith("copying app")) {
                times.run(
                        "UPDATE operation SET attempts = attempts + 1 WHERE tenant = 'other'",
                        "INSERT INTO app.customer VALUES ('other', 2000 + (SELECT count(*) FROM app.customer))");
            }
        });

        assertThat(times.query("SELECT DISTINCT attempts FROM operation WHERE tenant = 'other'"))
                .containsExactly("3");
        assertThat(times.query("SELECT count(*) FROM app.customer WHERE id > 2000"))
                .containsExactly("2");
    }
}
