package io.bulwark.node.cluster;

import akka.actor.ActorSystem;
import akka.discovery.Lookup;
import akka.discovery.ServiceDiscovery;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.persistence.cluster.RecordedMember;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;
import scala.jdk.javaapi.OptionConverters;

/** Whom a node asks to be let in: those that were named, and those that the database has. Made by Akka, by name. */
public final class KnownMembers extends ServiceDiscovery {
    private static final Logger LOG = LoggerFactory.getLogger(KnownMembers.class);
    private static final Executor LOOKUPS = Executors.newVirtualThreadPerTaskExecutor();

    private final ClusterSetup setup;

    public KnownMembers(ActorSystem system) {
        this.setup = ClusterSetup.of(system);
    }

    @Override
    public Future<Resolved> lookup(Lookup lookup, FiniteDuration within) {
        return FutureConverters.asScala(CompletableFuture.supplyAsync(() -> resolved(lookup), LOOKUPS));
    }

    private Resolved resolved(Lookup lookup) {
        var targets = Stream.concat(setup.named().stream(), recorded())
                .distinct()
                .map(KnownMembers::target)
                .toList();
        return new Resolved(
                lookup.serviceName(), CollectionConverters.asScala(targets).toSeq());
    }

    private Stream<MemberAddress> recorded() {
        RecordedMember self = setup.self().join();
        try {
            return setup.roster().running().stream()
                    .filter(member -> !member.address().equals(self.address()))
                    .map(member -> MemberAddress.parse(member.management()));
        } catch (SQLException e) {
            LOG.warn("the database cannot say who runs: {}", e.getMessage());
            return Stream.empty();
        }
    }

    private static ResolvedTarget target(MemberAddress address) {
        return new ResolvedTarget(
                address.host(),
                OptionConverters.toScala(Optional.<Object>of(address.port())),
                OptionConverters.toScala(Optional.empty()));
    }
}
