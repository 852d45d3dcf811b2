package io.bulwark.persistence.tenantrestore;

import io.bulwark.persistence.tenantrestore.TenantRows.Kind;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a database has rows of tenants: in Bulwark's own tables, and in those that were registered.
 *
 * @param tables each after all that it refers to
 * @param keys from these tables and to them
 */
record TenantCatalog(List<TenantRows> tables, List<ForeignKey> keys) {
    /** In this order where nothing else is said. */
    private static final Map<String, Kind> OWN = own();

    private static final String TABLE = """
            SELECT c.oid, n.nspname, c.relname, c.relkind FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(?)""";

    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated <> '',
              (CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END)
                IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
              AND coalesce((SELECT l.collisdeterministic FROM pg_collation l WHERE l.oid = a.attcollation), true)
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""";

    private static final String KEY = """
            SELECT a.attname FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute a ON a.attnum = k.attnum
            WHERE i.indrelid = ? AND i.indisprimary AND a.attrelid = i.indrelid ORDER BY k.place""";

    /** Those of partitions are their table's. */
    private static final String KEYS = """
            SELECT k.conname, cn.nspname, c.relname, pn.nspname, p.relname, k.condeferrable,
              ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS n (attnum, place)
                JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.attnum ORDER BY n.place),
              ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS n (attnum, place)
                JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = n.attnum ORDER BY n.place)
            FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
            JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
            WHERE k.contype = 'f' AND k.conparentid = 0 ORDER BY k.conname, cn.nspname, c.relname""";

    TenantCatalog {
        tables = List.copyOf(tables);
        keys = List.copyOf(keys);
    }

    private static Map<String, Kind> own() {
        Map<String, Kind> own = new LinkedHashMap<>();
        own.put("event_journal", Kind.JOURNAL);
        own.put("event_tag", Kind.TAGS);
        own.put("snapshot", Kind.SNAPSHOTS);
        own.put("operation", Kind.PLAIN);
        own.put("tenant", Kind.PLAIN);
        return own;
    }

    private record Found(long oid, TableName name, String kind) {}

    /**
     * Reads it.
     *
     * @param when for sentences: empty, or when the database was so
     * @throws TenantRestoreException when a table is not there, has no such column, or cannot be one of tenants
     */
    static TenantCatalog read(Connection connection, List<RegisteredTable> registered, String when)
            throws SQLException, TenantRestoreException {
        Map<TableName, TenantRows> tables = new LinkedHashMap<>();
        for (Map.Entry<String, Kind> own : OWN.entrySet()) {
            TenantRows rows = own(connection, own.getKey(), own.getValue());
            tables.put(rows.table(), rows);
        }
        for (RegisteredTable table : registered) {
            if (tables.containsKey(table.name())) {
                throw TenantRestoreException.refused("The table " + table.name() + " is registered as one of tenants,"
                        + " and is one already: name it once, and none of Bulwark's own");
            }
            tables.put(table.name(), registered(connection, table, when));
        }
        List<ForeignKey> keys = keys(connection, tables.keySet());
        List<TenantRows> ordered = InsertOrder.of(List.copyOf(tables.keySet()), keys).stream()
                .map(name -> Optional.ofNullable(tables.get(name)).orElseThrow())
                .toList();
        return new TenantCatalog(ordered, keys);
    }

    private static TenantRows own(Connection connection, String name, Kind kind)
            throws SQLException, TenantRestoreException {
        Found found = find(connection, name)
                .orElseThrow(() -> TenantRestoreException.refused("The database has no table " + name
                        + ": it is not Bulwark's, or its schema is older (`bulwark migrate status` tells)"));
        String column = kind == Kind.PLAIN ? "tenant" : "persistence_id";
        return new TenantRows(
                kind, found.name(), column, columns(connection, found.oid()), key(connection, found.oid()));
    }

    private static TenantRows registered(Connection connection, RegisteredTable wanted, String when)
            throws SQLException, TenantRestoreException {
        Found found = find(connection, wanted.name().sql())
                .filter(table -> table.kind().equals("r") || table.kind().equals("p"))
                .orElseThrow(() -> TenantRestoreException.refused("There is no table " + wanted.name() + when
                        + ", which bulwark.backup.tenant-tables names: correct it there; views and foreign tables do not"
                        + " count"));
        List<Column> columns = columns(connection, found.oid());
        Column column = columns.stream()
                .filter(each -> each.name().equals(wanted.column()))
                .findFirst()
                .orElseThrow(() -> TenantRestoreException.refused("The table " + wanted.name() + " has no column "
                        + wanted.column() + when + ", which is to hold its rows' tenant: it has "
                        + String.join(", ", columns.stream().map(Column::name).toList())));
        if (!column.comparable()) {
            throw TenantRestoreException.refused("The column " + wanted.column() + " of " + wanted.name() + " is "
                    + column.type() + ": expected text, varchar or char that tells capital letters from small ones");
        }
        return new TenantRows(Kind.PLAIN, found.name(), column.name(), columns, key(connection, found.oid()));
    }

    private static Optional<Found> find(Connection connection, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(TABLE)) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(new Found(
                                row.getLong(1), new TableName(row.getString(2), row.getString(3)), row.getString(4)))
                        : Optional.empty();
            }
        }
    }

    private static List<Column> columns(Connection connection, long oid) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(COLUMNS)) {
            query.setLong(1, oid);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    columns.add(new Column(row.getString(1), row.getString(2), row.getBoolean(3), row.getBoolean(4)));
                }
            }
        }
        return columns;
    }

    private static List<String> key(Connection connection, long oid) throws SQLException {
        List<String> key = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(KEY)) {
            query.setLong(1, oid);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    key.add(row.getString(1));
                }
            }
        }
        return key;
    }

    private static List<ForeignKey> keys(Connection connection, Set<TableName> tables) throws SQLException {
        List<ForeignKey> keys = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(KEYS);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                ForeignKey key = new ForeignKey(
                        row.getString(1),
                        new TableName(row.getString(2), row.getString(3)),
                        texts(row.getArray(7)),
                        new TableName(row.getString(4), row.getString(5)),
                        texts(row.getArray(8)),
                        row.getBoolean(6));
                if (tables.contains(key.child()) || tables.contains(key.parent())) {
                    keys.add(key);
                }
            }
        }
        return keys;
    }

    private static List<String> texts(Array array) throws SQLException {
        return Arrays.asList((String[]) array.getArray());
    }

    /** The table, if its rows are of tenants. */
    Optional<TenantRows> find(TableName table) {
        return tables.stream().filter(rows -> rows.table().equals(table)).findFirst();
    }

    /**
     * That rows of the other database fit into this one.
     *
     * @throws TenantRestoreException naming the first table whose columns are others there
     */
    void checkSameAs(TenantCatalog then) throws TenantRestoreException {
        for (TenantRows now : tables) {
            TenantRows before = then.find(now.table())
                    .orElseThrow(() -> new IllegalStateException("Both were read for the same tables"));
            if (!texts(now.columns()).equals(texts(before.columns()))) {
                throw TenantRestoreException.refused("The table " + now.table() + " has other columns now than at the"
                        + " instant, so its rows do not fit: now " + now.columns() + ", then " + before.columns()
                        + ". Restore to an instant after the change, or restore the whole database beside it and copy"
                        + " by hand");
            }
        }
    }

    private static Set<String> texts(List<Column> columns) {
        Set<String> texts = new HashSet<>();
        columns.forEach(column -> texts.add(column.toString()));
        return texts;
    }
}
