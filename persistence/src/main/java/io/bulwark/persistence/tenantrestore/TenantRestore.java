package io.bulwark.persistence.tenantrestore;

import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.LostConnection;
import io.bulwark.persistence.tenantrestore.TenantRestoreException.Kind;
import io.bulwark.restore.Difference;
import io.bulwark.restore.Exchanged;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Puts one tenant of a database back to what it was in a copy of that database: its journal, snapshots and tags, its
 * operations, its line in the list of tenants, and its rows in the registered tables. Only one runs for a tenant at a
 * time, by an advisory lock of this object's session.
 *
 * <p><b>One transaction.</b> {@link #exchange} takes the tenant's rows out and copies those of the instant in, by binary
 * {@code COPY} from server to server with a row at a time in memory, within one transaction that sees the database as it
 * was when it began. Whatever breaks it off, this process or the server, leaves the tenant as it was. Sequences are not
 * set back, so no number and no token is given out twice.
 *
 * <p><b>What is proven before the commit.</b> The tenant's rows have the same hash as in the copy, table by table. The
 * rows of everybody else in these tables have the same hash as before: since the transaction sees nothing but what was
 * there when it began and what it did itself, it has changed none of them, whatever others write meanwhile. That costs
 * two reads of each table.
 *
 * <p><b>The journal is fenced.</b> A guard that is still awake, or that wakes up on a paused node, has the events of
 * before in memory and would append behind them. So no number of before is free again: the events of before stay as rows
 * marked {@code deleted} with nothing in them, which akka-persistence-jdbc 5.2.1 never replays but counts, one more such
 * row stands behind the last of them, and the events and snapshots of the instant follow with numbers above it, the same
 * added to each. Whatever such a guard writes next meets the journal's primary key and fails, and it recovers from the
 * journal of the instant. A journal that does not begin at 1 is recovered as any other: a replay asks for what is not
 * deleted, in the order of the numbers, and takes the highest number of all rows for the last. The rows of before go with
 * {@code io.bulwark.persistence.journal.JournalSweeper}, which rests on the same that this does: no guard is paused for
 * longer than {@code sweep-after} and still believed. What is not fenced is a snapshot of before that a guard, paused
 * between an event and its snapshot, saves after the restore of a journal that has none.
 *
 * <p><b>What arrives late stays.</b> An operation that is claimed while the transaction runs is not seen by it: with a key
 * of the instant it breaks the restore off ({@link Kind#CHANGED_MEANWHILE}), with another it stays, because it was
 * executed. So the tenant is to be quarantined before.
 *
 * <p>For one thread.
 */
public final class TenantRestore implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
    /** Hashing a large table says nothing for long. */
    private static final Duration ANSWER_WITHIN = Duration.ofHours(1);
    /** The key of the advisory lock, for a tenant's name. */
    static final String LOCK = "hashtextextended('bulwark-tenant-restore|' || ?, 0)";

    private final Connection live;
    private final Name tenant;
    private final List<RegisteredTable> registered;

    private TenantRestore(Connection live, Name tenant, List<RegisteredTable> registered) {
        this.live = live;
        this.tenant = tenant;
        this.registered = List.copyOf(registered);
    }

    /**
     * Operations that are being executed.
     *
     * @param until when the last of their leases ends; absent when there are none
     */
    public record InFlight(long count, Optional<Instant> until) {}

    /**
     * Takes the lock, and looks whether the tenant and its tables can be restored at all.
     *
     * @param registered the applications' tables, without Bulwark's own
     * @throws TenantRestoreException BUSY; UNKNOWN_TENANT; REFUSED when a registered table is
     *     not there, has no such column or cannot be filled; FAILED
     */
    public static TenantRestore begin(Database live, Name tenant, List<RegisteredTable> registered)
            throws TenantRestoreException {
        try {
            Connection connection = live.connections("tenant-restore", CONNECT_WITHIN, ANSWER_WITHIN)
                    .getConnection();
            TenantRestore restore = new TenantRestore(connection, tenant, registered);
            try {
                restore.lock();
                restore.check();
                return restore;
            } catch (SQLException | TenantRestoreException failure) {
                connection.close();
                throw failure;
            }
        } catch (SQLException failure) {
            throw Trouble.of(tenant, failure);
        }
    }

    private void lock() throws SQLException, TenantRestoreException {
        try (PreparedStatement lock = live.prepareStatement("SELECT pg_try_advisory_lock(" + LOCK + ")")) {
            lock.setString(1, tenant.value());
            try (ResultSet row = lock.executeQuery()) {
                if (!row.next() || !row.getBoolean(1)) {
                    throw new TenantRestoreException(
                            Kind.BUSY,
                            "Another restore of the tenant " + tenant
                                    + " runs: wait for it, GET /v1/restores shows it");
                }
            }
        }
    }

    private void check() throws SQLException, TenantRestoreException {
        try (TenantSession session = TenantSession.begin(live, tenant, true)) {
            TenantCatalog catalog = TenantCatalog.read(session.connection(), registered, "");
            if (!isKnown(session, catalog, true)) {
                throw new TenantRestoreException(
                        Kind.UNKNOWN_TENANT,
                        "There is no tenant '" + tenant
                                + "' here, and never was: look at its name, GET /v1/tenants lists"
                                + " those that there are. One whose rows were all lost is put first, PUT /v1/tenants/"
                                + tenant);
            }
        }
    }

    /** @param everBefore whether one that was taken out counts too */
    private boolean isKnown(TenantSession session, TenantCatalog catalog, boolean everBefore) throws SQLException {
        for (TenantRows rows : catalog.tables()) {
            String mine = everBefore ? rows.of(tenant) : rows.readOf(tenant);
            String any = "SELECT EXISTS (SELECT FROM " + rows.from() + " WHERE " + mine + ")::int";
            if (session.number(any).orElse(0) > 0) {
                return true;
            }
        }
        return false;
    }

    /** The tenant's operations that are claimed, with a lease that has not ended: they would be lost to a restore. */
    public InFlight inFlight() throws TenantRestoreException {
        try (PreparedStatement query =
                live.prepareStatement("SELECT count(*), max(lease_until) FROM operation WHERE tenant = ? AND state = 1"
                        + " AND lease_until > clock_timestamp()")) {
            query.setString(1, tenant.value());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new InFlight(
                        row.getLong(1),
                        Optional.ofNullable(row.getObject(2, OffsetDateTime.class))
                                .map(OffsetDateTime::toInstant));
            }
        } catch (SQLException failure) {
            throw Trouble.of(tenant, failure);
        }
    }

    /**
     * What {@link #exchange} would change; changes nothing.
     *
     * @param copy a server with the database as it was at the instant
     * @param keysMax how many keys are shown of the rows of each table that are added, removed and changed, 0 to 1,000
     * @throws TenantRestoreException REFUSED when there was no such tenant then, or its tables were others; FAILED
     */
    public Difference preview(Database copy, int keysMax) throws TenantRestoreException {
        Ranges.check("keysMax", keysMax, 0, 1_000);
        return with(copy, true, (now, then, catalog) -> {
            List<Difference.Table> tables = new ArrayList<>();
            for (TenantRows rows : catalog.tables()) {
                tables.add(Comparison.of(tenant, rows, now, then, keysMax));
            }
            return new Difference(tables);
        });
    }

    /**
     * Puts the tenant back. It is to be quarantined, with nothing in flight.
     *
     * @param copy a server with the database as it was at the instant
     * @param told what is being done, a few words at a time
     * @throws TenantRestoreException of every kind but BUSY and UNKNOWN_TENANT
     */
    public Exchanged exchange(Database copy, Consumer<String> told) throws TenantRestoreException {
        return with(copy, false, (now, then, catalog) -> {
            Exchanged exchanged = new Exchange(tenant, now, then, catalog, told).run();
            commit(now);
            return exchanged;
        });
    }

    private void commit(TenantSession session) throws TenantRestoreException, SQLException {
        try {
            session.commit();
        } catch (SQLException failure) {
            if (LostConnection.is(failure)) {
                throw new TenantRestoreException(
                        Kind.IN_DOUBT,
                        "The database was lost while the tenant " + tenant + " was being committed: it is either as"
                                + " before or as at the instant, and stays quarantined. A preview tells; running it again is right"
                                + " either way",
                        failure);
            }
            throw failure;
        }
    }

    private interface Work<T> {
        T on(TenantSession now, TenantSession then, TenantCatalog catalog) throws SQLException, TenantRestoreException;
    }

    private <T> T with(Database copy, boolean readOnly, Work<T> work) throws TenantRestoreException {
        try (Connection past = copy.connections("tenant-restore", CONNECT_WITHIN, ANSWER_WITHIN)
                        .getConnection();
                TenantSession then = TenantSession.begin(past, tenant, true);
                TenantSession now = TenantSession.begin(live, tenant, readOnly)) {
            TenantCatalog catalog = TenantCatalog.read(now.connection(), registered, "");
            TenantCatalog before = TenantCatalog.read(then.connection(), registered, " at the instant");
            catalog.checkSameAs(before);
            if (!isKnown(then, before, false)) {
                throw TenantRestoreException.refused("There was no tenant '" + tenant
                        + "' at that instant: give a later one, or take the tenant out with DELETE /v1/tenants/"
                        + tenant);
            }
            return work.on(now, then, catalog);
        } catch (SQLException failure) {
            throw Trouble.of(tenant, failure);
        }
    }

    /** Gives the lock back. */
    @Override
    public void close() {
        try {
            live.close();
        } catch (SQLException lost) {
            // The server gives the lock back when it finds out.
        }
    }
}
