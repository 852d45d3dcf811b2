package io.bulwark.http;

import io.bulwark.cluster.ClusterMembers;
import io.bulwark.cluster.ClusterView;
import io.bulwark.cluster.ClusterView.Coordinator;
import io.bulwark.cluster.ClusterView.Member;
import io.bulwark.cluster.ClusterView.Status;
import io.bulwark.cluster.Leaving;
import io.bulwark.cluster.MemberAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A cluster of two, which remembers who was told to leave. */
final class StandInMembers implements ClusterMembers {
    final ConcurrentLinkedQueue<MemberAddress> told = new ConcurrentLinkedQueue<>();

    private static final MemberAddress ONE = MemberAddress.parse("127.0.0.1:25520");
    private static final MemberAddress TWO = MemberAddress.parse("[::1]:25521");

    @Override
    public ClusterView view() {
        return new ClusterView(
                "bulwark",
                ONE,
                Optional.of(ONE),
                List.of(
                        new Member(
                                TWO, Status.LEAVING, false, false, "0.1.0", Optional.empty(), Optional.empty(), false),
                        new Member(ONE, Status.UP, true, true, "0.1.0", Optional.of(171), Optional.of(12), true)),
                List.of(new Coordinator("services", ONE)));
    }

    @Override
    public CompletionStage<Leaving> leave(MemberAddress address) {
        if (!List.of(ONE, TWO).contains(address)) {
            return CompletableFuture.completedStage(new Leaving.Unknown());
        }
        told.add(address);
        return CompletableFuture.completedStage(new Leaving.Told());
    }
}
