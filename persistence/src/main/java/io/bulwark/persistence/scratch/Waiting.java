package io.bulwark.persistence.scratch;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.ChildServer;
import io.bulwark.persistence.scratch.ScratchException.Reason;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Until a server has replayed its log and accepts connections. */
final class Waiting {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    /** The server is starting or has no place yet; every other refusal stays one. */
    private static final Set<String> LATER = Set.of("57P03", "53300");

    private static final String UNREACHABLE = "08";
    private static final Pattern LAST_TRANSACTION =
            Pattern.compile("last completed transaction was at log time ([0-9-]+ [0-9:.]+\\S*)");

    private final ChildServer server;
    private final Database database;
    private final Duration stuckAfter;

    Waiting(ChildServer server, Database database, Duration stuckAfter) {
        this.server = server;
        this.database = database;
        this.stuckAfter = stuckAfter;
    }

    /**
     * Looks every 20 ms, because the server has no other signal than lines in files. It says every second how far it is in
     * the log, and PostgreSQL 14 each file of it, so its own log grows while it moves.
     */
    void untilItServes() throws IOException, InterruptedException {
        long logBytes = -1;
        long movedNanos = System.nanoTime();
        while (!serves()) {
            if (server.ended().isPresent()) {
                throw failed(server.ended().getAsInt());
            }
            if (server.logBytes() != logBytes) {
                logBytes = server.logBytes();
                movedNanos = System.nanoTime();
            }
            if (System.nanoTime() - movedNanos > stuckAfter.toNanos()) {
                throw new ScratchException("The restored server has said nothing new for " + stuckAfter
                        + " and does not accept connections: " + trouble());
            }
            LockSupport.parkNanos(20_000_000);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private boolean serves() throws IOException {
        if (!server.ready()) {
            return false;
        }
        try (Connection connection = database.connections("scratch", CONNECT_WITHIN, ANSWER_WITHIN)
                        .getConnection();
                var query = connection.createStatement();
                var rows = query.executeQuery("SELECT NOT pg_is_in_recovery()")) {
            return rows.next() && rows.getBoolean(1);
        } catch (SQLException refused) {
            String state = String.valueOf(refused.getSQLState());
            if (LATER.contains(state) || state.startsWith(UNREACHABLE)) {
                return false;
            }
            throw new ScratchException(refusal(state) + " (" + refused.getMessage() + ")", refused);
        }
    }

    private String refusal(String state) {
        return switch (state) {
            case "28P01", "28000" ->
                "The restored server does not let in the user " + database.user()
                        + ": give the user and the password that it had at the restored point";
            case "3D000" ->
                "The restored server has no such database as " + database.url()
                        + ": give the URL of one that was there at the restored point";
            default -> "The restored server cannot be used";
        };
    }

    private ScratchException failed(int status) throws IOException {
        if (server.said().contains("recovery ended before configured recovery target was reached")) {
            Matcher last = LAST_TRANSACTION.matcher(server.said());
            String when = last.find() ? ", which is of " + last.group(1) : "";
            return new ScratchException(
                    Reason.AFTER_THE_LOG,
                    "The wanted point is after the last transaction of the log that was archived" + when
                            + ": take an earlier point, or the end");
        }
        return new ScratchException("The restored server ended with status " + status + ": " + trouble());
    }

    private String trouble() throws IOException {
        String said = server.trouble();
        return (said.isEmpty() ? "" : said + "; ") + "see " + server.log();
    }
}
