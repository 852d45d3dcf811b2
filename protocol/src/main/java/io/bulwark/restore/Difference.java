package io.bulwark.restore;

import java.util.List;

/** What a restore would change, or has changed, of a tenant's rows. */
public record Difference(List<Table> tables) {
    public Difference {
        tables = List.copyOf(tables);
    }

    /**
     * Of one table.
     *
     * @param table with its schema
     * @param added rows of the instant that are not there now
     * @param removed rows that were not there at the instant
     * @param changed rows that are there both times, and are not the same
     * @param same rows that stay as they are
     */
    public record Table(String table, Rows added, Rows removed, Rows changed, long same) {
        /** Whether nothing would change. */
        public boolean none() {
            return added.count() + removed.count() + changed.count() == 0;
        }
    }

    /**
     * Some rows.
     *
     * @param keys of the first of them, in the order of their text; of a table without a primary key, hashes
     */
    public record Rows(long count, List<String> keys) {
        public Rows {
            keys = List.copyOf(keys);
        }
    }

    /** Whether nothing would change. */
    public boolean none() {
        return tables.stream().allMatch(Table::none);
    }
}
