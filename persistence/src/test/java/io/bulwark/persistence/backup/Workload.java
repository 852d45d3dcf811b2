package io.bulwark.persistence.backup;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.SplittableRandom;

/** Changes of every kind that a backup has to carry, the same for the same seed. */
final class Workload {
    private static final int ROWS = 8_000;
    private static final int KINDS = 9;

    private final Cluster cluster;
    private final SplittableRandom random;
    private int made;

    Workload(Cluster cluster, long seed) {
        this.cluster = cluster;
        this.random = new SplittableRandom(seed);
    }

    /** @param tablespace an empty directory for one */
    void setUp(Path tablespace) throws SQLException {
        cluster.execute(
                "bulwark",
                "CREATE TABLESPACE elsewhere LOCATION '" + tablespace + "'",
                "CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL, filler text NOT NULL)",
                "CREATE INDEX ON account (balance)",
                "INSERT INTO account SELECT n, n, repeat(md5(n::text), 6) FROM generate_series(1, " + ROWS + ") n",
                "CREATE TABLE doomed AS SELECT n, md5(n::text) FROM generate_series(1, 2000) n",
                "CREATE TABLE emptied AS SELECT n, repeat('x', 200) FROM generate_series(1, 3000) n",
                "CREATE TABLE moved (n int PRIMARY KEY, t text) TABLESPACE elsewhere",
                "INSERT INTO moved SELECT n, md5(n::text) FROM generate_series(1, 3000) n",
                "CREATE TABLE wide (n int PRIMARY KEY, blob text)",
                "INSERT INTO wide SELECT n, (SELECT string_agg(md5((n * 1000 + i)::text), '') FROM"
                        + " generate_series(1, 200) i) FROM generate_series(1, 100) n");
    }

    /** Rows here and there: a few pages of a large table. */
    void updateSome() throws SQLException {
        int first = random.nextInt(ROWS - 50);
        cluster.execute(
                "bulwark",
                "UPDATE account SET balance = balance + " + random.nextInt(1_000) + " WHERE id BETWEEN " + first
                        + " AND " + (first + random.nextInt(50)),
                "UPDATE moved SET t = md5(t) WHERE n % " + (20 + random.nextInt(50)) + " = 0",
                "UPDATE wide SET blob = reverse(blob) WHERE n = " + (1 + random.nextInt(100)));
    }

    void insertSome() throws SQLException {
        cluster.execute(
                "bulwark",
                "INSERT INTO account SELECT m + n, n, md5(n::text) FROM generate_series(1, " + (1 + random.nextInt(900))
                        + ") n, (SELECT max(id) m FROM account) x");
    }

    /** The files get shorter. */
    void deleteTheEnd() throws SQLException {
        cluster.execute(
                "bulwark",
                "DELETE FROM account WHERE id > (SELECT max(id) FROM account) - " + (500 + random.nextInt(1_500)),
                "VACUUM account");
    }

    void truncate() throws SQLException {
        cluster.execute(
                "bulwark", "TRUNCATE emptied", "INSERT INTO emptied SELECT n, 'y' FROM generate_series(1, 10) n");
    }

    void dropATable() throws SQLException {
        cluster.execute("bulwark", "DROP TABLE IF EXISTS doomed");
    }

    void makeATable() throws SQLException {
        String name = "made_" + ++made;
        cluster.execute(
                "bulwark",
                "CREATE TABLE " + name + " AS SELECT n, md5((n * 7)::text) t FROM generate_series(1, 1000) n",
                "CREATE INDEX ON " + name + " (t)");
    }

    void makeADatabase() throws SQLException {
        String name = "database_" + ++made;
        cluster.execute("bulwark", "CREATE DATABASE " + name);
        cluster.execute(name, "CREATE TABLE t AS SELECT n, md5(n::text) FROM generate_series(1, 700) n");
    }

    void dropADatabase() throws SQLException {
        for (String name : cluster.databases()) {
            if (name.startsWith("database_")) {
                cluster.execute("bulwark", "DROP DATABASE " + name);
                return;
            }
        }
    }

    /** The same rows in new files. */
    void rewrite() throws SQLException {
        cluster.execute("bulwark", "VACUUM FULL wide", "REINDEX TABLE account");
    }

    /** One of all these. */
    void any() throws SQLException {
        switch (random.nextInt(KINDS)) {
            case 0 -> updateSome();
            case 1 -> insertSome();
            case 2 -> deleteTheEnd();
            case 3 -> truncate();
            case 4 -> dropATable();
            case 5 -> makeATable();
            case 6 -> makeADatabase();
            case 7 -> dropADatabase();
            default -> rewrite();
        }
    }
}
