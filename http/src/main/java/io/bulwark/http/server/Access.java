package io.bulwark.http.server;

/** Who may take a route. */
public sealed interface Access {
    /** Everybody, without a token. */
    record Open() implements Access {}

    /** Who has the role, for the scope. */
    record Needs(Role role, Scope scope) implements Access {}

    /** For what a role must have been given. */
    enum Scope {
        /** The token's tenant is the one that the path names as {@code {tenant}}, or {@code *}. */
        TENANT_OF_PATH,
        /** The token's tenant is {@code *}: the route concerns everybody. */
        CLUSTER,
        /** Whatever the token's tenant is. */
        ANY_TENANT
    }

    /** Everybody, without a token. */
    static Access open() {
        return new Open();
    }

    /** Who has the role for the tenant that the path names. */
    static Access ofTenant(Role role) {
        return new Needs(role, Scope.TENANT_OF_PATH);
    }

    /** Who has the role for the whole cluster. */
    static Access ofCluster(Role role) {
        return new Needs(role, Scope.CLUSTER);
    }

    /** Who has the role for any tenant. */
    static Access ofAny(Role role) {
        return new Needs(role, Scope.ANY_TENANT);
    }
}
