package io.bulwark.restore;

import java.util.List;

/**
 * A tenant that is back.
 *
 * @param tables in the order in which they were filled
 * @param shift what was added to the sequence numbers of its events and snapshots
 */
public record Exchanged(List<Table> tables, long shift) {
    public Exchanged {
        tables = List.copyOf(tables);
    }

    /**
     * Of one table.
     *
     * @param table with its schema
     * @param before the tenant's rows before
     * @param after the tenant's rows now, which are those of the instant
     * @param others the rows that are not the tenant's, the same before and after
     */
    public record Table(String table, RowsHash before, RowsHash after, RowsHash others) {}
}
