package io.bulwark.persistence.repository;

import io.bulwark.grammar.Name;
import io.bulwark.grammar.Ranges;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Something that was deleted for good, by law or by contract, and does not come back with a restore.
 *
 * @param tenant whose it was
 * @param rows which rows; absent: all that there is of the tenant
 * @param reason for people, 1 to 1,000 characters
 * @param at when it was put on the list
 */
public record Erasure(Name tenant, Optional<Rows> rows, String reason, Instant at) {
    private static final int REASON_CHARS_MAX = 1_000;

    public Erasure {
        if (reason.isBlank() || reason.length() > REASON_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "The reason has " + reason.length() + " characters: expected 1 to " + REASON_CHARS_MAX);
        }
    }

    /**
     * Rows of one table.
     *
     * @param tenantColumn holds the tenant's name
     * @param column by which they are found
     * @param values of that column, as PostgreSQL writes them, 1 to 1,000
     */
    public record Rows(String schema, String table, String tenantColumn, String column, List<String> values) {
        private static final int VALUES_MAX = 1_000;

        public Rows {
            values = List.copyOf(values);
            Ranges.check("values (how many)", values.size(), 1, VALUES_MAX);
        }

        @Override
        public String toString() {
            return schema + "." + table + " where " + column + " is " + String.join(" or ", values);
        }
    }
}
