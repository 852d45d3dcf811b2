package io.bulwark.persistence.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.bulwark.grammar.Ranges;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import java.time.Duration;

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
     * A pool of connections that opens them as they are needed, so that it can be made while the database is away.
     *
     * @param name shown by the database as {@code application_name}, after {@code bulwark-}
     * @param sizeMax the most connections, 1 to 1,000
     * @param connectWithin how long a caller waits for a connection, 250 ms to 1 min
     * @param answerWithin how long a statement may go without an answer before the connection counts as hung and is
     *     given up, 1 s to 1 h, in whole seconds
     * @param initialSql run on every new connection; empty for none
     */
    public HikariDataSource pool(
            String name, int sizeMax, Duration connectWithin, Duration answerWithin, String initialSql) {
        Ranges.check("sizeMax", sizeMax, 1, 1_000);
        Ranges.check("connectWithin", connectWithin, Duration.ofMillis(250), Duration.ofMinutes(1));
        Ranges.check("answerWithin", answerWithin, Duration.ofSeconds(1), Duration.ofHours(1));
        HikariConfig config = new HikariConfig();
        config.setPoolName("bulwark-" + name);
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(sizeMax);
        config.setConnectionTimeout(connectWithin.toMillis());
        config.setValidationTimeout(connectWithin.toMillis());
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(initialSql.isEmpty() ? null : initialSql);
        config.addDataSourceProperty("ApplicationName", "bulwark-" + name);
        config.addDataSourceProperty("socketTimeout", Long.toString(answerWithin.toSeconds()));
        config.addDataSourceProperty("connectTimeout", Long.toString(Math.max(1, connectWithin.toSeconds())));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        return new HikariDataSource(config);
    }

    /** A pool for work that is not on the path of calls: 5 s for a connection, 30 s for an answer. */
    public HikariDataSource pool(String name, int sizeMax) {
        return pool(name, sizeMax, Duration.ofSeconds(5), Duration.ofSeconds(30), "");
    }

    @Override
    public String toString() {
        return url + " as " + user;
    }
}
