package io.bulwark.persistence.tenantrestore;

import io.bulwark.grammar.Name;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A database with two tenants and an application's tables, and a copy of it as it was at an instant.
 *
 * @param live what is there now
 */
record TwoTimes(Database live) {
    static final Name ACME = new Name("acme");
    static final Name OTHER = new Name("other");
    static final List<RegisteredTable> REGISTERED =
            List.of(RegisteredTable.parse("app.invoice:tenant"), RegisteredTable.parse("app.customer:tenant"));

    private static final AtomicInteger copies = new AtomicInteger();

    /** Made once: a copy is cheap. */
    private static final class Template {
        static final TwoTimes MADE = make();
    }

    /** Both tenants are there, with ten of everything. */
    static TwoTimes begin() {
        return new TwoTimes(Template.MADE.copy());
    }

    private static TwoTimes make() {
        TwoTimes times = new TwoTimes(TestServer.migratedDatabase());
        times.run(
                "CREATE SCHEMA app",
                "CREATE TABLE app.plan (name text PRIMARY KEY)",
                "INSERT INTO app.plan VALUES ('small'), ('large')",
                "CREATE TABLE app.customer (tenant text NOT NULL, id int PRIMARY KEY, email text UNIQUE,"
                        + " plan text REFERENCES app.plan, best_invoice bigint)",
                "CREATE TABLE app.invoice (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant varchar(63),"
                        + " customer int NOT NULL REFERENCES app.customer, corrects bigint REFERENCES app.invoice,"
                        + " net numeric NOT NULL, gross numeric GENERATED ALWAYS AS (net * 1.19) STORED,"
                        + " details jsonb, paid timestamptz)",
                "ALTER TABLE app.customer ADD CONSTRAINT best FOREIGN KEY (best_invoice) REFERENCES app.invoice"
                        + " DEFERRABLE",
                "CREATE TABLE app.note (id int PRIMARY KEY, invoice bigint REFERENCES app.invoice)");
        times.fill(ACME, 0);
        times.fill(OTHER, 100);
        times.run("INSERT INTO app.invoice (tenant, customer, net) VALUES (NULL, 101, 7)");
        return times;
    }

    private void fill(Name tenant, int from) {
        run(
                "INSERT INTO tenant VALUES ('" + tenant + "', 3, 'active', '{}')",
                "INSERT INTO operation SELECT '" + tenant + "', 'k' || n, 'f', 2, nextval('operation_token'), 1,"
                        + " gen_random_uuid(), NULL, 201, '{a,b}', decode('00ff', 'hex'), true, now(), now(),"
                        + " now() + interval '1 day' FROM generate_series(1, 10) n",
                "INSERT INTO snapshot SELECT 'guard|" + tenant
                        + "', n, 1795000000000 + n, 1, 'state', 'x', NULL, NULL, NULL FROM generate_series(5, 10, 5) n",
                "INSERT INTO app.customer SELECT '" + tenant + "', n + " + from + ", '" + tenant
                        + "' || n || '@x', 'small' FROM generate_series(1, 10) n",
                "INSERT INTO app.invoice (tenant, customer, net, details) SELECT '" + tenant + "', n + " + from
                        + ", n * 1.5, '{\"n\": 1}' FROM generate_series(1, 10) n",
                "UPDATE app.customer SET best_invoice = (SELECT max(id) FROM app.invoice) WHERE tenant = '" + tenant
                        + "'",
                "UPDATE app.invoice SET corrects = id WHERE tenant = '" + tenant + "' AND net > 10");
        events(tenant, 1, 10);
        run("INSERT INTO event_tag SELECT ordering, 't' FROM event_journal WHERE persistence_id = 'guard|" + tenant
                + "' AND sequence_number = 2");
    }

    void events(Name tenant, int first, int last) {
        run("INSERT INTO event_journal (persistence_id, sequence_number, writer, write_timestamp, event_ser_id,"
                + " event_ser_manifest, event_payload) SELECT 'guard|" + tenant
                + "', n, 'writer', 1795000000000 + n, 1, 'event', 'x' FROM generate_series(" + first + ", " + last
                + ") n");
    }

    /** The database as it is now, for later. */
    Database copy() {
        String name = "copy_" + copies.incrementAndGet();
        String source = live.url().replaceAll(".*/", "").replaceAll("\\?.*", "");
        TestServer.execute(
                Database.of(TestServer.server()),
                "CREATE DATABASE " + name + " TEMPLATE " + source + " STRATEGY file_copy");
        return new Database(TestServer.server().jdbcUrl(name), live.user(), live.password());
    }

    /** What an application does to a tenant by mistake, with some of it right. */
    void harm() {
        run(
                "DELETE FROM operation WHERE tenant = 'acme' AND key IN ('k1', 'k2')",
                "UPDATE operation SET status = 500 WHERE tenant = 'acme' AND key = 'k3'",
                "INSERT INTO operation SELECT 'acme', 'late', fingerprint, state, token, attempts, claim_id, lease_until,"
                        + " status, headers, body, kept, created_at, changed_at, expires_at FROM operation"
                        + " WHERE tenant = 'acme' AND key = 'k4'",
                "UPDATE tenant SET status = 'quarantined', version = 4 WHERE tenant = 'acme'",
                "UPDATE app.invoice SET net = 0 WHERE tenant = 'acme'",
                "UPDATE app.customer SET best_invoice = NULL WHERE id = 5",
                "DELETE FROM app.invoice WHERE customer = 5",
                "DELETE FROM app.customer WHERE id = 5",
                "INSERT INTO app.customer VALUES ('acme', 50, 'new@x', 'large')");
        events(ACME, 11, 14);
    }

    void run(String... statements) {
        TestServer.execute(live, statements);
    }

    static List<String> query(Database database, String sql) {
        try (Connection connection = TestServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
            return lines;
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    List<String> query(String sql) {
        return query(live, sql);
    }

    /** Every row of a tenant that somebody reads, but for the numbers that a restore gives anew, by table. */
    static SortedMap<String, List<String>> rowsOf(Name tenant, Database database) {
        SortedMap<String, List<String>> rows = new TreeMap<>();
        rows.put(
                "journal",
                query(
                        database,
                        "SELECT ROW(writer, write_timestamp, adapter_manifest, event_ser_id, event_ser_manifest,"
                                + " event_payload)::text FROM event_journal WHERE NOT deleted AND persistence_id = 'guard|"
                                + tenant + "' ORDER BY sequence_number"));
        rows.put(
                "tags",
                query(
                        database,
                        "SELECT write_timestamp || tag FROM event_tag JOIN event_journal ON ordering = event_id"
                                + " WHERE persistence_id = 'guard|" + tenant + "'"));
        rows.put(
                "snapshots",
                query(
                        database,
                        "SELECT ROW(created, snapshot_payload)::text FROM snapshot WHERE persistence_id = 'guard|"
                                + tenant + "' ORDER BY sequence_number"));
        for (String table : List.of("operation", "tenant", "app.customer", "app.invoice")) {
            rows.put(
                    table,
                    query(database, "SELECT t::text FROM " + table + " t WHERE tenant = '" + tenant + "' ORDER BY 1"));
        }
        return rows;
    }

    /** Every row of everybody. */
    List<String> everything() {
        List<String> lines = new ArrayList<>();
        for (String table : List.of(
                "event_journal",
                "event_tag",
                "snapshot",
                "operation",
                "tenant",
                "app.customer",
                "app.invoice",
                "app.note")) {
            lines.addAll(query("SELECT t::text FROM " + table + " t ORDER BY 1"));
        }
        return lines;
    }
}
