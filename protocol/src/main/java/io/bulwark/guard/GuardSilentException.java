package io.bulwark.guard;

import java.util.concurrent.TimeoutException;

/** The guard does not answer, and this node must not answer in its place. */
public final class GuardSilentException extends TimeoutException {
    private final Why why;

    /** Why this node does not answer by itself. */
    public enum Why {
        /** The tenant's policy says {@code refuse}. */
        POLICY_REFUSES("the tenant's policy refuses calls meanwhile"),
        /** A strict limit never admits too much, and only its guard knows where it stands. */
        STRICT_LIMIT("a strict limit, which only the guard can decide over, applies"),
        /** This node has never seen the policy, and the database does not have it, or is away. */
        POLICY_UNKNOWN("the tenant's policy is not known here"),
        /** This node stands in for as many guards as it may. */
        TOO_MANY("this node stands in for as many guards as it may");

        private final String words;

        Why(String words) {
            this.words = words;
        }

        /** For the end of a sentence. */
        public String words() {
            return words;
        }
    }

    /** Nothing was decided and nothing was spent on this node. */
    public GuardSilentException(Why why) {
        super("The guard does not answer, and " + why.words());
        this.why = why;
    }

    /** Why this node does not answer by itself. */
    public Why why() {
        return why;
    }
}
