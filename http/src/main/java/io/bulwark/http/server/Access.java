package io.bulwark.http.server;

import java.util.Set;

/** Who may take a route. */
public sealed interface Access {
    /** Everybody, without a token. */
    record Open() implements Access {}

    /** Who has one of the roles, for the scope. */
    record Needs(Set<Role> anyOf, Scope scope) implements Access {
        public Needs {
            anyOf = Set.copyOf(anyOf);
        }
    }

    /** For whom a role must have been given. */
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

    /** Who has one of the roles for the tenant that the path names. */
    static Access ofTenant(Role... anyOf) {
        return new Needs(Set.of(anyOf), Scope.TENANT_OF_PATH);
    }

    /** Who has the role for the whole cluster. */
    static Access ofCluster(Role role) {
        return new Needs(Set.of(role), Scope.CLUSTER);
    }

    /** Who has the role for any tenant. */
    static Access ofAny(Role role) {
        return new Needs(Set.of(role), Scope.ANY_TENANT);
    }
}
