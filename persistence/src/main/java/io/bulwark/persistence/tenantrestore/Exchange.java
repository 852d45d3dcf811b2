package io.bulwark.persistence.tenantrestore;

import io.bulwark.grammar.Name;
import io.bulwark.persistence.tenantrestore.TenantRows.Kind;
import io.bulwark.restore.Exchanged;
import io.bulwark.restore.RowsHash;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** The rows of now for those of then, within one transaction of each database; to be committed by the caller. */
final class Exchange {
    private final Name tenant;
    private final TenantSession live;
    private final TenantSession then;
    private final TenantCatalog catalog;
    private final Consumer<String> told;

    Exchange(Name tenant, TenantSession live, TenantSession then, TenantCatalog catalog, Consumer<String> told) {
        this.tenant = tenant;
        this.live = live;
        this.then = then;
        this.catalog = catalog;
        this.told = told;
    }

    Exchanged run() throws SQLException, TenantRestoreException {
        checkReferences();
        told.accept("hashing the other tenants' rows");
        List<RowsHash> others = live.others(catalog.tables());
        List<RowsHash> before = new ArrayList<>();
        for (TenantRows rows : catalog.tables()) {
            before.add(live.mine(rows, 0));
        }
        long fence = fence();
        long shift = shift(fence);
        live.run("SET CONSTRAINTS ALL DEFERRED");
        for (TenantRows rows : catalog.tables().reversed()) {
            takeOut(rows, fence);
        }
        for (TenantRows rows : catalog.tables()) {
            told.accept("copying " + rows.table());
            copy(rows, shift);
        }
        live.run("SET CONSTRAINTS ALL IMMEDIATE");
        return verified(before, others, shift);
    }

    /** Rows of others that refer to the tenant's: where the key deletes or empties them, the server would not refuse. */
    private void checkReferences() throws SQLException, TenantRestoreException {
        for (ForeignKey key : catalog.keys()) {
            TenantRows parent = catalog.find(key.parent()).orElse(null);
            if (parent == null || parent.kind() == Kind.JOURNAL) {
                continue;
            }
            String foreign = catalog.find(key.child())
                    .map(child -> child.notOf(tenant) + " AND ")
                    .orElse("");
            String same = IntStream.range(0, key.columns().size())
                    .mapToObj(i -> "r." + TableName.quoted(key.columns().get(i)) + " = p."
                            + TableName.quoted(key.parentColumns().get(i)))
                    .collect(Collectors.joining(" AND "));
            long count = live.number("SELECT count(*) FROM " + key.child().sql() + " r WHERE " + foreign
                            + "EXISTS (SELECT FROM (SELECT r.* FROM " + parent.from() + " WHERE " + parent.of(tenant)
                            + ") p WHERE " + same + ")")
                    .orElse(0);
            if (count > 0) {
                throw TenantRestoreException.refused(count + " rows of " + key.child() + " that are not of the tenant "
                        + tenant + " refer to rows of it in " + key.parent() + " (by " + key.name()
                        + "), and would lose them: take these references out first, or register " + key.child()
                        + " in bulwark.backup.tenant-tables if it holds rows of tenants");
            }
        }
    }

    /** The number behind every event and snapshot that there has been. */
    private long fence() throws SQLException {
        long last = 0;
        for (TenantRows rows : numbered()) {
            last = Math.max(
                    last,
                    live.number("SELECT max(r.sequence_number) FROM " + rows.from() + " WHERE " + rows.of(tenant))
                            .orElse(0));
        }
        return last + 1;
    }

    /** So that the first of what is copied comes right behind the fence. */
    private long shift(long fence) throws SQLException {
        OptionalLong first = OptionalLong.empty();
        for (TenantRows rows : numbered()) {
            OptionalLong here =
                    then.number("SELECT min(r.sequence_number) FROM " + rows.from() + " WHERE " + rows.readOf(tenant));
            if (here.isPresent()) {
                first = OptionalLong.of(Math.min(here.getAsLong(), first.orElse(Long.MAX_VALUE)));
            }
        }
        return first.isPresent() ? fence + 1 - first.getAsLong() : 0;
    }

    private List<TenantRows> numbered() {
        return catalog.tables().stream()
                .filter(rows -> rows.kind() == Kind.JOURNAL || rows.kind() == Kind.SNAPSHOTS)
                .toList();
    }

    private void takeOut(TenantRows rows, long fence) throws SQLException {
        String table = rows.table().sql();
        switch (rows.kind()) {
            case JOURNAL -> {
                live.run("UPDATE " + table + " r SET deleted = true, event_payload = '', meta_payload = NULL,"
                        + " meta_ser_id = NULL, meta_ser_manifest = NULL WHERE " + rows.readOf(tenant));
                live.run("INSERT INTO " + table + " (persistence_id, sequence_number, deleted, writer, write_timestamp,"
                        + " event_ser_id, event_ser_manifest, event_payload) VALUES ('guard|" + tenant + "', " + fence
                        + ", true, 'bulwark-tenant-restore', 0, 0, '', '')");
            }
            case TAGS ->
                live.run("DELETE FROM " + table + " WHERE event_id IN (SELECT r.event_id FROM " + rows.from()
                        + " WHERE " + rows.of(tenant) + ")");
            case SNAPSHOTS, PLAIN -> live.run("DELETE FROM " + table + " r WHERE " + rows.of(tenant));
        }
    }

    private void copy(TenantRows rows, long shift) throws SQLException {
        if (rows.kind() == Kind.TAGS) {
            live.run("CREATE TEMPORARY TABLE restored_tag (sequence_number bigint, tag varchar(256)) ON COMMIT DROP");
        }
        String columns = rows.names().stream().map(TableName::quoted).collect(Collectors.joining(", "));
        String from = "COPY (SELECT " + rows.values(shift) + " FROM " + rows.from() + " WHERE " + rows.readOf(tenant)
                + ") TO STDOUT (FORMAT binary)";
        String to = "COPY " + rows.target() + " (" + columns + ") FROM STDIN (FORMAT binary)";
        pump(from, to);
        if (rows.kind() == Kind.TAGS) {
            live.run("INSERT INTO " + rows.table().sql()
                    + " (event_id, tag) SELECT j.ordering, t.tag FROM restored_tag t"
                    + " JOIN " + rows.journal().sql() + " j ON j.persistence_id = 'guard|" + tenant
                    + "' AND j.sequence_number = t.sequence_number");
        }
    }

    /** One message of the server at a time, which is a row. */
    private void pump(String from, String to) throws SQLException {
        CopyOut out = then.copies().copyOut(from);
        try {
            CopyIn in = live.copies().copyIn(to);
            try {
                for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                    in.writeToCopy(row, 0, row.length);
                }
                in.endCopy();
            } finally {
                live.end(in);
            }
        } finally {
            then.end(out);
        }
    }

    private Exchanged verified(List<RowsHash> before, List<RowsHash> others, long shift)
            throws SQLException, TenantRestoreException {
        told.accept("verifying");
        List<Exchanged.Table> tables = new ArrayList<>();
        for (int i = 0; i < before.size(); i++) {
            TenantRows rows = catalog.tables().get(i);
            RowsHash wanted = then.mine(rows, shift);
            RowsHash found = live.mine(rows, 0);
            if (!found.equals(wanted)) {
                throw TenantRestoreException.refused("The tenant's rows in " + rows.table() + " are not those of the"
                        + " instant after they were copied: expected " + wanted + ", found " + found
                        + ". A trigger or a rule on the table may have changed them");
            }
            RowsHash now = live.others(rows);
            if (!now.equals(others.get(i))) {
                throw TenantRestoreException.refused("Rows of other tenants in " + rows.table()
                        + " would have been changed: there were " + others.get(i) + ", there would be " + now
                        + ". A trigger, or a foreign key that deletes or empties what refers to it, reaches them");
            }
            tables.add(new Exchanged.Table(rows.table().toString(), before.get(i), found, now));
        }
        return new Exchanged(tables, shift);
    }
}
