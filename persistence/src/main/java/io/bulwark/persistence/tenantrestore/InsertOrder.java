package io.bulwark.persistence.tenantrestore;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * In which order tables are filled so that every row finds those that it refers to; they are emptied in the opposite one.
 * A table that refers to itself is no matter, because the server looks when the statement has ended, and neither is a key
 * that can be deferred, because it looks when the transaction has.
 */
final class InsertOrder {
    private InsertOrder() {}

    /**
     * The tables, each after all that it refers to; otherwise in the order in which they were given.
     *
     * @param keys those from or to other tables are passed over
     * @throws TenantRestoreException when there is no such order, naming the keys that stand in its way
     */
    static List<TableName> of(List<TableName> tables, List<ForeignKey> keys) throws TenantRestoreException {
        Set<TableName> left = new LinkedHashSet<>(tables);
        List<TableName> order = new ArrayList<>();
        while (!left.isEmpty()) {
            Optional<TableName> next = left.stream()
                    .filter(table -> holding(table, left, keys).isEmpty())
                    .findFirst();
            if (next.isEmpty()) {
                throw circle(left, keys);
            }
            left.remove(next.get());
            order.add(next.get());
        }
        return order;
    }

    /** The keys for which a table has to wait for others. */
    private static List<ForeignKey> holding(TableName table, Set<TableName> left, List<ForeignKey> keys) {
        return keys.stream()
                .filter(key -> key.child().equals(table) && !key.parent().equals(table))
                .filter(key -> !key.deferrable() && left.contains(key.parent()))
                .toList();
    }

    private static TenantRestoreException circle(Set<TableName> left, List<ForeignKey> keys) {
        String names = left.stream()
                .flatMap(table -> holding(table, left, keys).stream())
                .map(ForeignKey::toString)
                .collect(Collectors.joining(", "));
        return TenantRestoreException.refused("The tables of tenants refer to each other in a circle, by " + names
                + ": make one of these keys DEFERRABLE, so that it can be held until all rows are there");
    }
}
