package io.bulwark.persistence.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.bulwark.grammar.Ranges;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * How the database is reached; nothing that uses it knows whether it is the embedded one.
 *
 * @param url {@code jdbc:postgresql://host:port/database}
 * @param password never shown
 */
public record Database(String url, String user, String password) {
    /** @throws IllegalArgumentException when the URL is not one of PostgreSQL */
    public Database {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "The database's URL is '" + url + "': expected jdbc:postgresql://host:port/database");
        }
    }

    /** The embedded server's own. */
    public static Database of(EmbeddedPostgres server) {
        return new Database(server.jdbcUrl(), server.user(), server.password());
    }

    /**
     * Opens a new connection each time it is asked.
     *
     * @param name shown by the database as {@code application_name}, after {@code bulwark-}
     * @param connectWithin how long the network may take to connect, 1 s to 1 min, in whole seconds
     * @param answerWithin how long the database may go without answering before the connection counts as hung and is
     *     given up, 1 s to 1 h, in whole seconds
     */
    public DataSource connections(String name, Duration connectWithin, Duration answerWithin) {
        Ranges.check("connectWithin", connectWithin, Duration.ofSeconds(1), Duration.ofMinutes(1));
        Ranges.check("answerWithin", answerWithin, Duration.ofSeconds(1), Duration.ofHours(1));
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(user);
        source.setPassword(password);
        source.setApplicationName("bulwark-" + name);
        source.setConnectTimeout(Math.toIntExact(connectWithin.toSeconds()));
        source.setSocketTimeout(Math.toIntExact(answerWithin.toSeconds()));
        source.setTcpKeepAlive(true);
        return source;
    }

    /**
     * A pool of connections that opens them as they are needed, so that it can be made while the database is away.
     *
     * @param sizeMax the most connections, 1 to 1,000
     * @param waitAtMost how long a caller waits for a connection, 250 ms to 1 min
     */
    public HikariDataSource pool(String name, int sizeMax, Duration waitAtMost) {
        return new HikariDataSource(config(name, sizeMax, waitAtMost));
    }

    private HikariConfig config(String name, int sizeMax, Duration waitAtMost) {
        Ranges.check("sizeMax", sizeMax, 1, 1_000);
        Ranges.check("waitAtMost", waitAtMost, Duration.ofMillis(250), Duration.ofMinutes(1));
        HikariConfig config = new HikariConfig();
        config.setPoolName("bulwark-" + name);
        config.setDataSource(connections(name, Duration.ofSeconds(5), Duration.ofSeconds(30)));
        config.setMaximumPoolSize(sizeMax);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(waitAtMost.toMillis());
        config.setValidationTimeout(waitAtMost.toMillis());
        config.setInitializationFailTimeout(-1);
        return config;
    }

    /**
     * A pool whose callers wait at most 5 s, and whose commits do not wait for a synchronous standby: for what must be
     * written before there is one, such as who is a member of the cluster in which the archiver is to run.
     */
    public HikariDataSource poolWithoutStandby(String name, int sizeMax) {
        HikariConfig config = config(name, sizeMax, Duration.ofSeconds(5));
        config.setConnectionInitSql("SET synchronous_commit = local");
        return new HikariDataSource(config);
    }

    /** A pool whose callers wait at most 5 s. */
    public HikariDataSource pool(String name, int sizeMax) {
        return pool(name, sizeMax, Duration.ofSeconds(5));
    }

    @Override
    public String toString() {
        return url + " as " + user;
    }
}
