package io.bulwark.node.start;

import akka.actor.typed.ActorSystem;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import io.bulwark.http.health.Readiness;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/**
 * Whether this node should be sent calls: it serves, its database answers, it is up in the cluster and its guards can be
 * asked. The database is looked at every second, so that a question never waits for it.
 */
final class NodeReadiness implements Readiness, AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int VALID_WITHIN_SECONDS = 1;
    private static final Check STARTING = new Check("node", false, "is still starting: wait for its start-up line");
    private static final Check SERVING = new Check("node", true, "serves");
    private static final Check DRAINING = new Check("node", false, "is stopping: send calls to another one");
    private static final Check DATABASE_AWAY =
            new Check("database", false, "does not answer: calls with a key get 503 until it does");
    private static final Check DATABASE_ANSWERS = new Check("database", true, "answers");

    private final AtomicReference<Check> node = new AtomicReference<>(STARTING);
    private final AtomicReference<Check> database = new AtomicReference<>(DATABASE_ANSWERS);
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("bulwark-readiness").daemon().factory());
    private final ActorSystem<?> system;

    /** Begins to look at the database. */
    NodeReadiness(DataSource database, ActorSystem<?> system) {
        this.system = system;
        var _ = looks.scheduleWithFixedDelay(() -> look(database), 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The last step of starting is done. */
    void serving() {
        node.compareAndSet(STARTING, SERVING);
    }

    /** The node is about to stop; there is no way back. */
    void draining() {
        node.set(DRAINING);
    }

    /** Whether the last step of starting is done, and stopping has not begun. */
    boolean isServing() {
        return node.get().equals(SERVING);
    }

    @Override
    public List<Check> checks() {
        return List.of(node.get(), database.get(), member());
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }

    private void look(DataSource pool) {
        try (Connection connection = pool.getConnection()) {
            database.set(connection.isValid(VALID_WITHIN_SECONDS) ? DATABASE_ANSWERS : DATABASE_AWAY);
        } catch (SQLException e) {
            database.set(DATABASE_AWAY);
        }
    }

    private Check member() {
        MemberStatus status = Cluster.get(system).selfMember().status();
        boolean up = status.equals(MemberStatus.up());
        return new Check("shard-region", up, "of a cluster member that is " + status);
    }
}
