package io.bulwark.node.start;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.bulwark.node.config.Settings;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.journal.JournalSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The actor system of a node and its membership in the cluster; a node on its own is a cluster of one. */
final class Membership {
    /** Part of every member's address: two clusters with different names never mix. */
    static final String CLUSTER = "bulwark";

    private static final Duration UP_WITHIN = Duration.ofSeconds(90);
    private static final Duration LEAVE_WITHIN = Duration.ofSeconds(30);
    /** A write is one round trip; ten connections keep a small server's cores busy and leave room for the ledger's. */
    private static final int JOURNAL_CONNECTIONS = 10;

    private final ActorSystem<Void> system;
    private final Optional<ServerSocket> managementPort;

    private Membership(ActorSystem<Void> system, Optional<ServerSocket> managementPort) {
        this.system = system;
        this.managementPort = managementPort;
    }

    /** Starts the actor system on this database and joins; returns when this member is up. */
    static Membership start(Settings settings, Database database) throws Exception {
        Map<String, Object> known = new HashMap<>(JournalSettings.of(database, JOURNAL_CONNECTIONS));
        Optional<ServerSocket> managementPort = managementPort(settings);
        managementPort.map(ServerSocket::getLocalPort).ifPresent(port -> {
            known.put("akka.management.http.port", port);
            known.put("akka.management.http.bind-port", port);
        });
        Config config = ConfigFactory.parseMap(known).withFallback(settings.config());
        Membership membership = new Membership(ActorSystem.create(Behaviors.empty(), CLUSTER, config), managementPort);
        try {
            membership.join();
            return membership;
        } catch (Exception e) {
            membership.leave();
            throw e;
        }
    }

    ActorSystem<Void> system() {
        return system;
    }

    /** The address by which the other members know this one. */
    String address() {
        return Cluster.get(system).selfMember().address().toString();
    }

    private void join() throws Exception {
        CompletableFuture<Void> up = new CompletableFuture<>();
        akka.cluster.Cluster.get(system.classicSystem()).registerOnMemberUp(() -> up.complete(null));
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        up.get(UP_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Gives up the port that was chosen for Management; to be called at once before Management binds it. */
    void freeManagementPort() throws IOException {
        if (managementPort.isPresent()) {
            managementPort.get().close();
        }
    }

    /** Hands its shards over, leaves the cluster and ends the actor system; bounded. */
    void leave() throws Exception {
        freeManagementPort();
        CoordinatedShutdown.get(system)
                .runAll(CoordinatedShutdown.clusterLeavingReason())
                .toCompletableFuture()
                .get(LEAVE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Management does not say which port it took, so a free one is chosen for it, and held until it binds: else the
     * remoting, which also takes a free one, is now and then given the same.
     */
    private static Optional<ServerSocket> managementPort(Settings settings) throws IOException {
        if (settings.port("bulwark.management.port") != 0) {
            return Optional.empty();
        }
        return Optional.of(new ServerSocket(0, 1, InetAddress.getByName(settings.text("bulwark.management.host"))));
    }
}
