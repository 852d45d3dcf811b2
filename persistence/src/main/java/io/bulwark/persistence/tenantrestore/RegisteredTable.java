package io.bulwark.persistence.tenantrestore;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table of an application that has rows of tenants, and goes back with them.
 *
 * @param schema as the catalog has it, so in small letters unless it was made with quotes; the same for the others
 * @param column that holds the tenant's name
 */
public record RegisteredTable(String schema, String table, String column) {
    /** How one is written. */
    public static final String FORM = "schema.table:column, such as app.invoice:tenant";

    private static final String PART = "([^.:\"\\s\\p{Cntrl}]{1,63})";
    private static final Pattern WRITTEN = Pattern.compile(PART + "\\." + PART + ":" + PART);

    /** @throws IllegalArgumentException when it is not written in the {@link #FORM} */
    public static RegisteredTable parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException("'" + text + "' names no table of tenants: expected " + FORM);
        }
        return new RegisteredTable(written.group(1), written.group(2), written.group(3));
    }

    TableName name() {
        return new TableName(schema, table);
    }

    @Override
    public String toString() {
        return schema + "." + table + ":" + column;
    }
}
