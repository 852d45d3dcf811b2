package io.bulwark.guard;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.wire.CborMessage;
import io.bulwark.wire.LocalOnly;

/** What the guard says to who asks about the tenant's policy. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = PolicyReply.Shown.class, name = "shown"),
    @JsonSubTypes.Type(value = PolicyReply.Put.class, name = "put"),
    @JsonSubTypes.Type(value = PolicyReply.Deleted.class, name = "deleted"),
    @JsonSubTypes.Type(value = PolicyReply.PreconditionFailed.class, name = "precondition-failed"),
    @JsonSubTypes.Type(value = PolicyReply.UnknownTenant.class, name = "unknown-tenant")
})
public sealed interface PolicyReply extends CborMessage {
    /** The policy and its version, which is never used twice for one tenant. */
    record Shown(TenantPolicy policy, long version) implements PolicyReply {}

    /** The policy is put under this version. */
    record Put(long version, boolean created) implements PolicyReply {}

    /** The tenant is taken out. */
    record Deleted() implements PolicyReply {}

    /** The precondition does not hold; nothing was changed. */
    record PreconditionFailed() implements PolicyReply {}

    /** No policy stands for this tenant. */
    record UnknownTenant() implements PolicyReply {}

    /**
     * The guard did not answer; this node did in its place, within its share of the limits.
     *
     * @param answer what a guard would have said; no {@code StoodIn} itself
     */
    record StoodIn(PolicyReply answer) implements PolicyReply, LocalOnly {
        public StoodIn {
            if (answer instanceof StoodIn) {
                throw new IllegalArgumentException("The answer was stood in for before: " + answer);
            }
        }
    }
}
