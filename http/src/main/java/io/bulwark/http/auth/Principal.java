package io.bulwark.http.auth;

import io.bulwark.grammar.Name;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Role;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Who calls, as its token proves.
 *
 * @param tenant the tenant that it speaks for; empty: every one ({@code *} in the token)
 * @param subject what the token calls its bearer; for logs, decides nothing
 * @param expiresAt from this instant the token proves nothing
 */
public record Principal(Optional<Name> tenant, Set<Role> roles, String subject, Instant expiresAt) {
    public Principal {
        roles = Set.copyOf(roles);
    }

    /** Whether it may take a route; {@code named} is the tenant that the path names. */
    public boolean may(Access access, Optional<String> named) {
        return switch (access) {
            case Access.Open() -> true;
            case Access.Needs(Set<Role> anyOf, Access.Scope scope) -> hasOneOf(anyOf) && isFor(scope, named);
        };
    }

    private boolean hasOneOf(Set<Role> anyOf) {
        return anyOf.stream().anyMatch(needed -> roles.stream().anyMatch(role -> role.includes(needed)));
    }

    private boolean isFor(Access.Scope scope, Optional<String> named) {
        return switch (scope) {
            case ANY_TENANT -> true;
            case CLUSTER -> tenant.isEmpty();
            case TENANT_OF_PATH ->
                tenant.map(own -> named.equals(Optional.of(own.value()))).orElse(true);
        };
    }
}
