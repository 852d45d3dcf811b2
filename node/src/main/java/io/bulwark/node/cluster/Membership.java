package io.bulwark.node.cluster;

import akka.Done;
import akka.actor.ActorRef;
import akka.actor.BootstrapSetup;
import akka.actor.CoordinatedShutdown;
import akka.actor.ExtendedActorSystem;
import akka.actor.PoisonPill;
import akka.actor.setup.ActorSystemSetup;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.ClusterConfig;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.config.Settings;
import io.bulwark.persistence.cluster.ClusterIdentity;
import io.bulwark.persistence.cluster.Leases;
import io.bulwark.persistence.cluster.MemberRoster;
import io.bulwark.persistence.cluster.Presence;
import io.bulwark.persistence.cluster.RecordedMember;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.journal.JournalSettings;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The actor system of a node and its membership: of a cluster that runs on its database, or of one that it founds. */
public final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    /** Of every actor system; the cluster's own name is compared at the join, where it can be explained. */
    private static final String SYSTEM = "bulwark";

    private static final Duration BIND_WITHIN = Duration.ofSeconds(30);
    private static final Duration LEAVE_WITHIN = Duration.ofSeconds(30);
    /** Beside the drain itself: for connections to be closed and executions to be recorded. */
    private static final Duration STOP_SERVING_MARGIN = Duration.ofSeconds(20);
    /** A write is one round trip; ten connections keep a small server's cores busy and leave room for the ledger's. */
    private static final int JOURNAL_CONNECTIONS = 10;

    private final ActorSystem<Void> system;
    private final URI management;
    private final Presence presence;
    /** They are flushed for a second, and ended in much less. */
    private static final Duration CONNECTIONS_END_WITHIN = Duration.ofSeconds(4);

    private static final int REMAINS_CHARS_MAX = 10_000;

    private final CountDownLatch left = new CountDownLatch(1);

    private Membership(ActorSystem<Void> system, URI management, Presence presence) {
        this.system = system;
        this.management = management;
        this.presence = presence;
    }

    /**
     * What a member is started with.
     *
     * @param pool of connections to the database, for short questions
     * @param number drawn at random for each start
     * @param remotePort to take instead of a free one, when this process has been a member before
     */
    public record Given(
            Settings settings,
            NodeConfig config,
            Database database,
            DataSource pool,
            long number,
            OptionalInt remotePort) {}

    /**
     * Starts the actor system and Management, and joins or founds a cluster; returns when this member is up.
     *
     * @throws JoinRefused when it does not become a member in time, or the members refuse it; the message says why
     */
    public static Membership start(Given given) throws Exception {
        ClusterConfig cluster = given.config().cluster();
        ClusterIdentity identity = ClusterIdentity.read(given.pool());
        MemberRoster roster = new MemberRoster(given.pool());
        refuseOtherCluster(roster, cluster);
        ClusterSetup setup = new ClusterSetup(cluster, roster, new Leases(given.pool()));
        try (ManagementPort port = ManagementPort.hold(given.config().management())) {
            ActorSystem<Void> system = system(given, identity, setup, port);
            Membership membership = bound(given, system, port);
            membership.keepRemotingUntilLeft();
            MemberLog.start(system);
            if (cluster.downing() == ClusterConfig.Downing.KEEP_MAJORITY) {
                GoneMembers.start(system, Door.tcp());
            }
            setup.self().complete(membership.presence.self());
            try {
                membership.join(cluster, roster);
                return membership;
            } catch (Exception e) {
                membership.leave();
                throw e;
            }
        }
    }

    private static ActorSystem<Void> system(
            Given given, ClusterIdentity identity, ClusterSetup setup, ManagementPort port) {
        Map<String, Object> known = new HashMap<>(JournalSettings.of(given.database(), JOURNAL_CONNECTIONS));
        known.putAll(AkkaSettings.of(given.config(), identity));
        known.put(
                "akka.coordinated-shutdown.phases.before-service-unbind.timeout",
                given.config().drainTimeout().plus(STOP_SERVING_MARGIN));
        known.put("akka.management.http.port", port.number());
        known.put("akka.management.http.bind-port", port.number());
        if (BackupConfig.isSet(given.settings())) {
            known.put("akka.cluster.roles", List.of(BackupConfig.ROLE));
        }
        given.remotePort().ifPresent(remote -> known.put("akka.remote.artery.canonical.port", remote));
        Config config =
                ConfigFactory.parseMap(known).withFallback(given.settings().config());
        return ActorSystem.create(
                Behaviors.empty(), SYSTEM, ActorSystemSetup.create(BootstrapSetup.create(config), setup));
    }

    private static Membership bound(Given given, ActorSystem<Void> system, ManagementPort port) throws Exception {
        try {
            port.close();
            URI management = AkkaManagement.get(system)
                    .start()
                    .toCompletableFuture()
                    .get(BIND_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                    .toString()
                    .transform(URI::create);
            RecordedMember self = new RecordedMember(
                    given.config().cluster().name(),
                    Addresses.of(Cluster.get(system).selfMember()).toString(),
                    management.getAuthority());
            DataSource sessions =
                    given.database().connections("presence", Duration.ofSeconds(5), Duration.ofSeconds(10));
            return new Membership(system, management, Presence.announce(sessions, self, given.number()));
        } catch (Exception e) {
            system.terminate();
            throw e;
        }
    }

    /** Two clusters on one database would take each other's guards away. */
    private static void refuseOtherCluster(MemberRoster roster, ClusterConfig cluster) throws SQLException {
        List<RecordedMember> others = roster.running().stream()
                .filter(member -> !member.cluster().equals(cluster.name()))
                .toList();
        if (!others.isEmpty()) {
            throw new JoinRefused(
                    "The cluster '" + others.getFirst().cluster() + "' works on this database (its member "
                            + others.getFirst().address() + "), and this node is of the cluster '" + cluster.name()
                            + "': set bulwark.cluster.name to its name, or give this node another database");
        }
    }

    private void join(ClusterConfig cluster, MemberRoster roster) throws Exception {
        CompletableFuture<Void> up = new CompletableFuture<>();
        akka.cluster.Cluster.get(system.classicSystem()).registerOnMemberUp(() -> up.complete(null));
        system.getWhenTerminated()
                .whenComplete((_, _) -> up.completeExceptionally(JoinTrouble.refused(cluster, roster, self())));
        boolean founds = cluster.discovery() == ClusterConfig.Discovery.DATABASE
                && cluster.join().isEmpty()
                && roster.found(self());
        if (founds) {
            LOG.info("founding the cluster '{}'", cluster.name());
            Cluster member = Cluster.get(system);
            member.manager().tell(Join.create(member.selfMember().address()));
        } else {
            LOG.info("joining the cluster '{}'", cluster.name());
            ClusterBootstrap.get(system).start();
        }
        awaitUp(up, cluster, roster);
        roster.joined(self());
        SelfWatch watch = SelfWatch.start(system, cluster, roster, presence);
        system.getWhenTerminated().whenComplete((_, _) -> watch.close());
    }

    private void awaitUp(CompletableFuture<Void> up, ClusterConfig cluster, MemberRoster roster)
            throws InterruptedException {
        try {
            up.get(cluster.joinWithin().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw JoinTrouble.nobodyLetUsIn(cluster, roster, self(), e);
        } catch (ExecutionException e) {
            throw new JoinRefused(
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        }
    }

    /** Of this member. */
    public ActorSystem<Void> system() {
        return system;
    }

    /** Where Management listens. */
    public URI management() {
        return management;
    }

    /** As the other members know this one. */
    public MemberAddress address() {
        return MemberAddress.parse(self().address());
    }

    private RecordedMember self() {
        return presence.self();
    }

    /** Whether another member is up. */
    public boolean hasOthers() {
        Cluster cluster = Cluster.get(system);
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .anyMatch(member -> member.status().equals(MemberStatus.up())
                        && !member.address().equals(cluster.selfMember().address()));
    }

    /** Whether the others have given this member up, or it has given itself up: it leaves, and nobody told it to. */
    public boolean isLost() {
        Cluster cluster = Cluster.get(system);
        return cluster.isTerminated() || cluster.selfMember().status().equals(MemberStatus.down());
    }

    /**
     * What is done before the shards are handed over, whoever makes this member leave: told to, or downed by the others.
     * It runs at most once, and not after {@link #leave} when its work was done by then.
     */
    public void beforeLeaving(Runnable stopServing) {
        CoordinatedShutdown.get(system)
                .addTask(
                        CoordinatedShutdown.PhaseBeforeServiceUnbind(),
                        "bulwark-stop-serving",
                        () -> CompletableFuture.runAsync(
                                        stopServing,
                                        task -> Thread.ofVirtual()
                                                .name("bulwark-stop-serving")
                                                .start(task))
                                .thenApply(_ -> Done.done()));
    }

    /**
     * What is done when everything else has been, and the actor system itself has not ended after so long: its ports are
     * still taken then, and nobody can join again in this process.
     */
    public void unlessEnded(Duration within, Runnable stuck) {
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseActorSystemTerminate(), "bulwark-watch-the-end", () -> {
                    Thread.ofVirtual().name("bulwark-watch-the-end").start(() -> watchTheEnd(within, stuck));
                    return CompletableFuture.completedFuture(Done.done());
                });
    }

    /** The actors that have not stopped, for whoever looks for what keeps them. */
    private String remains() {
        String tree = ((ExtendedActorSystem) system.classicSystem()).printTree();
        return tree.length() <= REMAINS_CHARS_MAX ? tree : tree.substring(0, REMAINS_CHARS_MAX) + "…";
    }

    private void watchTheEnd(Duration within, Runnable stuck) {
        try {
            if (!ends(CONNECTIONS_END_WITHIN)) {
                LOG.info("connections to other nodes do not end by themselves: they are cut");
                cutConnections();
            }
            if (!ends(within.minus(CONNECTIONS_END_WITHIN))) {
                LOG.error("the actor system does not end; what is left of it:\n{}", remains());
                stuck.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean ends(Duration within) throws InterruptedException {
        try {
            system.getWhenTerminated().toCompletableFuture().get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            LOG.warn("the actor system ended with a failure", e);
            return true;
        }
    }

    /**
     * Remoting waits for its streams, and a stream with TLS may wait for ever for the goodbye of a node that has cut this
     * one off. Their actors are the last that are left, and nothing is on its way in them that anybody waits for.
     */
    private void cutConnections() {
        system.classicSystem()
                .actorSelection("/system/Materializers/*/*")
                .tell(PoisonPill.getInstance(), ActorRef.noSender());
    }

    /**
     * Remoting has a hook of its own that ends it as soon as the JVM is told to stop, unless another hook of Akka's is at
     * work: without this one a member would be cut off from the others before it could leave them.
     */
    private void keepRemotingUntilLeft() {
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addJvmShutdownHook(() -> {
            try {
                var _ = left.await(shutdown.totalTimeout().toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Hands its shards over, leaves the cluster and ends the actor system; bounded. */
    public void leave() throws Exception {
        try {
            CoordinatedShutdown.get(system)
                    .runAll(CoordinatedShutdown.clusterLeavingReason())
                    .toCompletableFuture()
                    .get(LEAVE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            presence.close();
            left.countDown();
        }
    }
}
