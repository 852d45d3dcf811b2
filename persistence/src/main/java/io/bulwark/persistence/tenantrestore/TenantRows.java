package io.bulwark.persistence.tenantrestore;

import io.bulwark.grammar.Name;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The rows that tenants have in one table: which they are, what of them is copied, and what is held against each other.
 * All of it as SQL, in which the table is {@code r} and, for the tags of events, the journal is {@code j}.
 *
 * @param column that says whose a row is
 * @param columns all of the table, in their order
 * @param key of the table, by which rows are recognised; empty when it has none
 */
record TenantRows(Kind kind, TableName table, String column, List<Column> columns, List<String> key) {
    private static final String NUMBER = "sequence_number";

    /** How the rows of a table are handled. */
    enum Kind {
        /** Numbered anew, and the rows of before stay as empty ones that nobody reads: see {@link TenantRestore}. */
        JOURNAL,
        /** Follow their event. */
        TAGS,
        /** Numbered as the events. */
        SNAPSHOTS,
        /** Copied as they are. */
        PLAIN
    }

    TenantRows {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    TableName journal() {
        return new TableName(table.schema(), "event_journal");
    }

    /** What stands behind FROM, and behind USING in a deletion. */
    String from() {
        return kind == Kind.TAGS
                ? table.sql() + " r JOIN " + journal().sql() + " j ON j.ordering = r.event_id"
                : table.sql() + " r";
    }

    private String owner() {
        return (kind == Kind.TAGS ? "j." : "r.") + TableName.quoted(column);
    }

    private String value(Name tenant) {
        return switch (kind) {
            case JOURNAL, TAGS, SNAPSHOTS -> "'guard|" + tenant + "'";
            case PLAIN -> "'" + tenant + "'";
        };
    }

    /** Whether a row is this tenant's; the grammar of names leaves nothing to escape. */
    String of(Name tenant) {
        return owner() + " = " + value(tenant);
    }

    /** Whether a row is not this tenant's: also one that is nobody's. */
    String notOf(Name tenant) {
        return owner() + " IS DISTINCT FROM " + value(tenant);
    }

    /** Whether a row is one of this tenant's that somebody reads. */
    String readOf(Name tenant) {
        return switch (kind) {
            case JOURNAL -> of(tenant) + " AND NOT r.deleted";
            case TAGS -> of(tenant) + " AND NOT j.deleted";
            case SNAPSHOTS, PLAIN -> of(tenant);
        };
    }

    /** The names of what is copied, as {@link #values} has them. */
    List<String> names() {
        return switch (kind) {
            case TAGS -> List.of(NUMBER, "tag");
            case JOURNAL ->
                columns.stream()
                        .map(Column::name)
                        .filter(name -> !name.equals("ordering"))
                        .toList();
            case SNAPSHOTS -> columns.stream().map(Column::name).toList();
            case PLAIN ->
                columns.stream()
                        .filter(each -> !each.computed())
                        .map(Column::name)
                        .toList();
        };
    }

    /**
     * What is copied of a row.
     *
     * @param shift is added to the numbers of events and snapshots
     */
    String values(long shift) {
        return names().stream().map(name -> expression(name, shift)).collect(Collectors.joining(", "));
    }

    private String expression(String name, long shift) {
        String column = (kind == Kind.TAGS && name.equals(NUMBER) ? "j." : "r.") + TableName.quoted(name);
        boolean numbered = kind != Kind.PLAIN && name.equals(NUMBER);
        return numbered ? "(" + column + " + (" + shift + "))" : column;
    }

    /**
     * The text by which a row is recognised and shown. Events and snapshots are recognised by when they were written,
     * because a restore numbers them anew.
     */
    String recognised() {
        return switch (kind) {
            case JOURNAL -> written("r.write_timestamp") + " || ' ' || r.event_ser_manifest";
            case TAGS -> written("j.write_timestamp") + " || ' ' || r.tag";
            case SNAPSHOTS -> written("r.created") + " || ' snapshot'";
            case PLAIN -> {
                String ofKey = key.stream().map(name -> expression(name, 0)).collect(Collectors.joining(", "));
                yield key.isEmpty() ? hash(0) : key.size() == 1 ? ofKey + "::text" : "ROW(" + ofKey + ")::text";
            }
        };
    }

    private static String written(String milliseconds) {
        return "to_char(to_timestamp(coalesce(" + milliseconds + ", 0) / 1000.0), 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')";
    }

    /** Of what is copied of a row, but for the numbers that a restore gives anew. */
    String hashOfContent() {
        return "md5(ROW("
                + names().stream()
                        .filter(name -> kind == Kind.PLAIN || !name.equals(NUMBER))
                        .map(name -> expression(name, 0))
                        .collect(Collectors.joining(", "))
                + ")::text)";
    }

    /** Of what is copied of a row. */
    String hash(long shift) {
        return "md5(ROW(" + values(shift) + ")::text)";
    }

    /** Of a whole row, as it stands. */
    String hashAsItIs() {
        return "md5(ROW(r.*)::text)";
    }

    /** Where the copied rows are written first: the tags need the new numbers of their events. */
    String target() {
        return kind == Kind.TAGS ? "restored_tag" : table.sql();
    }
}
