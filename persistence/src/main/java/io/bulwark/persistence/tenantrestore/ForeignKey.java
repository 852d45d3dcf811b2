package io.bulwark.persistence.tenantrestore;

import java.util.List;

/**
 * A foreign key.
 *
 * @param child the table that refers
 * @param parent the table that is referred to
 * @param deferrable whether it may be held until the transaction ends
 * @param columns of the child, in the order of those that they refer to
 */
record ForeignKey(
        String name,
        TableName child,
        List<String> columns,
        TableName parent,
        List<String> parentColumns,
        boolean deferrable) {
    ForeignKey {
        columns = List.copyOf(columns);
        parentColumns = List.copyOf(parentColumns);
    }

    @Override
    public String toString() {
        return name + " of " + child + " (to " + parent + ")";
    }
}
