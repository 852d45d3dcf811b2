package io.bulwark.persistence.tenantrestore;

/** A table with its schema, both as the catalog has them. */
record TableName(String schema, String name) {
    /** As it stands in a statement. */
    String sql() {
        return quoted(schema) + "." + quoted(name);
    }

    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
