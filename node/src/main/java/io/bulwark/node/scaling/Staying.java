package io.bulwark.node.scaling;

import io.bulwark.cluster.ClusterView;
import io.bulwark.cluster.ClusterView.Member;
import io.bulwark.cluster.ClusterView.Status;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Who stays in the cluster, and who of them goes first when there are to be fewer. */
public final class Staying {
    private Staying() {}

    /** The members that are in or on their way in. */
    public static List<Member> of(ClusterView view) {
        return view.members().stream()
                .filter(member -> switch (member.status()) {
                    case JOINING, WEAKLY_UP, UP -> true;
                    case LEAVING, EXITING, DOWN, REMOVED -> false;
                })
                .toList();
    }

    /** Whether a member serves. */
    public static boolean serves(Member member) {
        return member.status() == Status.UP;
    }

    /**
     * Who goes first: one that does not serve yet, then the one with the fewest guards, whose tenants are moved; the
     * oldest, on which the coordinators live, last.
     */
    public static Optional<Member> leaver(ClusterView view, Predicate<Member> may) {
        return of(view).stream()
                .filter(may)
                .min(Comparator.comparing(Member::oldest)
                        .thenComparing(Staying::serves)
                        .thenComparing(member -> member.guards().orElse(Integer.MAX_VALUE))
                        .thenComparing(Member::address, Comparator.reverseOrder()));
    }

    /** Why it is that one. */
    public static String why(Member leaver) {
        if (!serves(leaver)) {
            return leaver.address() + " goes, because it does not serve yet";
        }
        return leaver.address() + " goes, because it has the fewest guards"
                + leaver.guards().map(guards -> " (" + guards + ")").orElse("");
    }
}
