package io.bulwark.persistence.drill;

import io.bulwark.persistence.drill.DrillReport.TenantHash;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** What the rows of each tenant come to. */
final class TenantRows {
    private static final String ALL = "*";

    /** By table, what names the tenant of a row; lines without one are of no tenant. */
    private static final List<Owned> OWNED = List.of(
            new Owned("operation", "tenant"),
            new Owned("tenant", "tenant"),
            new Owned("event_journal", "substring(persistence_id FROM '^guard\\|(.*)$')"),
            new Owned("snapshot", "substring(persistence_id FROM '^guard\\|(.*)$')"));

    private TenantRows() {}

    private record Owned(String table, String tenant) {
        /** A sum of digests does not depend on the order of the rows, and needs no memory for them. */
        String sums() {
            return "SELECT tenant COLLATE \"C\", count(*), sum(('x' || left(md5, 15))::bit(60)::bigint),"
                    + " sum(('x' || right(md5, 15))::bit(60)::bigint)"
                    + " FROM (SELECT " + tenant + " AS tenant, md5(t::text) AS md5 FROM " + table + " t) all_rows"
                    + " WHERE tenant IS NOT NULL GROUP BY 1 ORDER BY 1";
        }
    }

    /** Of all tenants together, and of the first so many of each table. */
    static List<TenantHash> hashes(Questions questions, int tenantsMax) throws SQLException {
        List<TenantHash> hashes = new ArrayList<>();
        for (Owned owned : OWNED) {
            List<TenantHash> some = new ArrayList<>();
            Sum all = new Sum();
            questions.each(owned.sums(), row -> {
                Sum one = Sum.of(row);
                all.add(one);
                if (some.size() < tenantsMax) {
                    some.add(one.hash(row.getString(1), owned.table()));
                }
            });
            hashes.add(all.hash(ALL, owned.table()));
            hashes.addAll(some);
        }
        return hashes;
    }

    /** The MD5 of all tenants and tables is the same for two drills to the same instant. */
    static Finding finding(List<TenantHash> hashes) {
        String together = hashes.stream()
                .filter(hash -> hash.tenant().equals(ALL))
                .map(TenantHash::md5)
                .collect(Collectors.joining(" "));
        long rows = hashes.stream()
                .filter(hash -> hash.tenant().equals(ALL))
                .mapToLong(TenantHash::rows)
                .sum();
        return Finding.ok("tenants", "the " + rows + " rows of all tenants have the MD5 " + md5(together));
    }

    private static String md5(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every JDK has MD5", missing);
        }
    }

    /** Of the halves of rows' digests. */
    private static final class Sum {
        private long rows;
        private BigInteger first = BigInteger.ZERO;
        private BigInteger second = BigInteger.ZERO;

        static Sum of(ResultSet row) throws SQLException {
            Sum sum = new Sum();
            sum.rows = row.getLong(2);
            sum.first = row.getBigDecimal(3).toBigIntegerExact();
            sum.second = row.getBigDecimal(4).toBigIntegerExact();
            return sum;
        }

        void add(Sum other) {
            rows += other.rows;
            first = first.add(other.first);
            second = second.add(other.second);
        }

        TenantHash hash(String tenant, String table) {
            return new TenantHash(tenant, table, rows, md5(rows + " " + first + " " + second));
        }
    }
}
