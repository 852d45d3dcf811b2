package io.bulwark.node.cluster;

import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Down;
import io.bulwark.node.config.ClusterConfig;
import io.bulwark.persistence.cluster.MemberRoster;
import io.bulwark.persistence.cluster.Presence;
import io.bulwark.persistence.cluster.RecordedMember;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member that doubts itself: it gives itself up, to join again, when its process stood still for so long that the
 * others must have given it up, or when the database shows that it is on the smaller side of a split.
 *
 * <p>The first matters because a process that goes on after a pause finds the others unreachable one by one, and would
 * take them for the ones that are gone.
 */
final class SelfWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SelfWatch.class);
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    /** What the others' detectors add of their own. */
    private static final Duration CAUTION = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final MemberRoster roster;
    private final Presence presence;
    private final Duration stillMax;
    private final CountDownLatch closed = new CountDownLatch(1);

    private SelfWatch(ActorSystem<?> system, ClusterConfig config, MemberRoster roster, Presence presence) {
        this.cluster = Cluster.get(system);
        this.roster = roster;
        this.presence = presence;
        this.stillMax = config.deadAfter().plus(config.stableAfter()).plus(CAUTION);
    }

    /** Begins to watch. */
    static SelfWatch start(ActorSystem<?> system, ClusterConfig config, MemberRoster roster, Presence presence) {
        SelfWatch watch = new SelfWatch(system, config, roster, presence);
        // A platform thread: it must notice a pause before the threads of the actor system do anything with it.
        Thread.ofPlatform().name("bulwark-pause-watch").daemon().start(watch::watchForPauses);
        Thread.ofVirtual().name("bulwark-split-watch").start(watch::watchForSplits);
        return watch;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void watchForPauses() {
        long last = System.nanoTime();
        while (waited(TICK)) {
            long now = System.nanoTime();
            Duration still = Duration.ofNanos(now - last);
            if (still.compareTo(stillMax) > 0 && addresses().size() > 1) {
                giveUp("this process stood still for " + still.toMillis() + " ms, and the others have given it up");
                return;
            }
            last = now;
        }
    }

    private void watchForSplits() {
        Split split = Split.NONE;
        while (waited(LOOK_EVERY)) {
            Set<String> members = addresses();
            presence.sees(members.size());
            Split.Look look = look(split, members);
            split = look.next();
            if (look.givesWayTo().isPresent()) {
                RecordedMember other = look.givesWayTo().get();
                giveUp("the cluster has split, and " + other.address() + " is on the larger side");
                return;
            }
        }
    }

    private Split.Look look(Split split, Set<String> members) {
        try {
            return split.look(presence.self().address(), members, roster.signs());
        } catch (SQLException e) {
            LOG.debug("the database cannot say who runs", e);
            return new Split.Look(split, Optional.empty());
        }
    }

    private void giveUp(String why) {
        LOG.warn("giving this membership up, to join again: {}", why);
        cluster.manager().tell(new Down(cluster.selfMember().address()));
    }

    private Set<String> addresses() {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .map(member -> Addresses.of(member).toString())
                .collect(Collectors.toSet());
    }

    /** Returns false when this is closed. */
    private boolean waited(Duration pause) {
        try {
            return !closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
