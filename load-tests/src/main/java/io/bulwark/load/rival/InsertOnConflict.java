package io.bulwark.load.rival;

import akka.http.javadsl.model.HttpResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * First-seen operations as most services of today have them: one {@code INSERT … ON CONFLICT} and one {@code UPDATE} of
 * its own for each request, on a pool of connections.
 */
final class InsertOnConflict implements BackEnd {
    /** As many as one PostgreSQL of this kind made the most of, when its commits of single rows were measured. */
    private static final int CONNECTIONS = 32;

    private static final String SCHEMA = """
            CREATE TABLE IF NOT EXISTS seen (
              tenant text NOT NULL, key text NOT NULL, fingerprint text NOT NULL,
              token bigint GENERATED ALWAYS AS IDENTITY, claimed_at timestamptz NOT NULL DEFAULT now(),
              completed_at timestamptz, answer text,
              PRIMARY KEY (tenant, key))""";
    private static final String CLAIM =
            "INSERT INTO seen (tenant, key, fingerprint) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING token";
    private static final String LOOK = "SELECT fingerprint, answer FROM seen WHERE tenant = ? AND key = ?";
    private static final String COMPLETE = "UPDATE seen SET completed_at = now(), answer = ?"
            + " WHERE tenant = ? AND key = ? AND token = ? AND completed_at IS NULL";

    private final HikariDataSource pool;
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();

    InsertOnConflict(String url, String user, String password) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(CONNECTIONS);
        this.pool = new HikariDataSource(config);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        } catch (SQLException e) {
            throw new IllegalStateException("The table could not be made in " + url, e);
        }
    }

    @Override
    public CompletionStage<HttpResponse> answer(Asked asked) {
        return CompletableFuture.supplyAsync(() -> now(asked), threads);
    }

    private HttpResponse now(Asked asked) {
        try (Connection connection = pool.getConnection()) {
            return switch (asked.verb()) {
                case "claim" -> claim(connection, asked);
                case "complete" -> complete(connection, asked);
                default -> Answers.json(404, "{}");
            };
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpResponse claim(Connection connection, Asked asked) throws SQLException {
        String fingerprint = asked.json().path("fingerprint").asText();
        try (PreparedStatement insert = connection.prepareStatement(CLAIM)) {
            insert.setString(1, asked.tenant());
            insert.setString(2, asked.subject());
            insert.setString(3, fingerprint);
            ResultSet row = insert.executeQuery();
            return row.next()
                    ? Answers.json(201, "{\"token\":" + row.getLong(1) + "}")
                    : known(connection, asked, fingerprint);
        }
    }

    private static HttpResponse known(Connection connection, Asked asked, String fingerprint) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(LOOK)) {
            select.setString(1, asked.tenant());
            select.setString(2, asked.subject());
            ResultSet row = select.executeQuery();
            if (!row.next() || !fingerprint.equals(row.getString(1))) {
                return Answers.json(422, "{}");
            }
            String answer = row.getString(2);
            return answer == null
                    ? Answers.json(409, "{\"state\":\"claimed\"}")
                    : Answers.json(200, "{\"state\":\"completed\",\"answer\":" + answer + "}");
        }
    }

    private static HttpResponse complete(Connection connection, Asked asked) throws SQLException {
        JsonNode json = asked.json();
        try (PreparedStatement update = connection.prepareStatement(COMPLETE)) {
            update.setString(1, json.toString());
            update.setString(2, asked.tenant());
            update.setString(3, asked.subject());
            update.setLong(4, json.path("token").asLong());
            return update.executeUpdate() == 1 ? Answers.nothing() : Answers.json(409, "{}");
        }
    }
}
