package io.bulwark.persistence.tenantrestore;

/**
 * A column as the catalog has it.
 *
 * @param type as PostgreSQL writes it, with its length or precision
 * @param computed whether the server computes it from others, so that it cannot be written
 * @param comparable whether it holds text that equals a tenant's name only if it is that name
 */
record Column(String name, String type, boolean computed, boolean comparable) {
    String sql() {
        return TableName.quoted(name);
    }

    @Override
    public String toString() {
        return name + " " + type + (computed ? " generated" : "");
    }
}
