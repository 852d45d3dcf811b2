package io.bulwark.node.cluster;

import io.bulwark.persistence.cluster.RecordedMember;
import io.bulwark.persistence.cluster.RecordedMember.Sign;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the cluster has come apart without noticing: a node lives, says in the database that it is a member, and is not
 * one here. That happens when a member that was given up goes on as if nothing had been, or when two sides took
 * different members down. Then the smaller side gives itself up, of two equal ones that whose member asks under the
 * higher address.
 *
 * @param strangers those who were not members here at the last look, and since which sign of theirs
 */
record Split(Map<String, Instant> strangers) {
    /** For how long a stranger must go on giving signs; longer than a member takes that is about to give itself up. */
    static final Duration PATIENCE = Duration.ofSeconds(12);

    /** Nobody is strange yet. */
    static final Split NONE = new Split(Map.of());

    /** What a look came to: what to remember, and to whom this side gives way, if it does. */
    record Look(Split next, Optional<RecordedMember> givesWayTo) {}

    /**
     * Looks again.
     *
     * @param self the address of who looks
     * @param members addresses of the members here, whatever their status
     * @param signs of all that say that they are members
     */
    Look look(String self, Set<String> members, List<Sign> signs) {
        Map<String, Instant> strange = new HashMap<>();
        Optional<RecordedMember> larger = Optional.empty();
        for (Sign sign : signs) {
            String address = sign.member().address();
            if (!members.contains(address)) {
                Instant since = strangers.getOrDefault(address, sign.seenAt());
                strange.put(address, since);
                boolean stays = Duration.between(since, sign.seenAt()).compareTo(PATIENCE) >= 0;
                if (stays && largerThan(sign, members.size(), self)) {
                    larger = Optional.of(sign.member());
                }
            }
        }
        return new Look(new Split(Map.copyOf(strange)), larger);
    }

    private static boolean largerThan(Sign other, int members, String self) {
        return other.membersSeen() > members
                || (other.membersSeen() == members && other.member().address().compareTo(self) < 0);
    }
}
