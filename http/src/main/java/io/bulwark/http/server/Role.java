package io.bulwark.http.server;

import java.util.Optional;
import java.util.stream.Stream;

/** What a token allows its bearer. */
public enum Role {
    /** The data plane of its tenant: guarded calls and decisions. */
    CALLER("caller"),
    /** Reading. */
    VIEWER("viewer"),
    /** Changing, and with it reading. */
    OPERATOR("operator"),
    /** All of it, restores and tokens too. */
    ADMIN("admin");

    private final String claim;

    Role(String claim) {
        this.claim = claim;
    }

    /** The role as tokens write it. */
    public String claim() {
        return claim;
    }

    /** The role that tokens write so, if there is one. */
    public static Optional<Role> of(String claim) {
        return Stream.of(values()).filter(role -> role.claim.equals(claim)).findFirst();
    }

    /** Whether a bearer of this role may do what needs the other one. */
    public boolean includes(Role needed) {
        return this == ADMIN || this == needed || (this == OPERATOR && needed == VIEWER);
    }
}
