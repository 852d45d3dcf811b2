package io.bulwark.cluster;

import java.util.concurrent.CompletionStage;

/** The members of the cluster, as one of them sees them. */
public interface ClusterMembers {
    /** What this member knows now; it asks nobody, so that it answers during trouble too. */
    ClusterView view();

    /** Tells a member to leave as on SIGTERM: it drains, hands its shards over, and its process ends with status 0. */
    CompletionStage<Leaving> leave(MemberAddress address);
}
