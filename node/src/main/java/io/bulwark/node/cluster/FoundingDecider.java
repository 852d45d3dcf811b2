package io.bulwark.node.cluster;

import akka.actor.ActorSystem;
import akka.management.cluster.bootstrap.ClusterBootstrapSettings;
import akka.management.cluster.bootstrap.JoinDecision;
import akka.management.cluster.bootstrap.JoinSelf$;
import akka.management.cluster.bootstrap.KeepProbing$;
import akka.management.cluster.bootstrap.LowestAddressJoinDecider;
import akka.management.cluster.bootstrap.SeedNodesInformation;
import io.bulwark.persistence.cluster.RecordedMember;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/**
 * Joins members wherever one is seen; founds a cluster only with the database's consent, which it gives once. So that
 * nodes which cannot see each other, on Kubernetes too, do not make two clusters over the same data. Made by Akka, by
 * name.
 */
public final class FoundingDecider extends LowestAddressJoinDecider {
    private static final Logger LOG = LoggerFactory.getLogger(FoundingDecider.class);
    private static final Executor QUESTIONS = Executors.newVirtualThreadPerTaskExecutor();

    private final ClusterSetup setup;

    public FoundingDecider(ActorSystem system, ClusterBootstrapSettings settings) {
        super(system, settings);
        this.setup = ClusterSetup.of(system);
    }

    @Override
    public Future<JoinDecision> decide(SeedNodesInformation seen) {
        if (seen.hasSeedNodes()) {
            return super.decide(seen);
        }
        if (!setup.mayFound()) {
            return KeepProbing$.MODULE$.asCompletedFuture();
        }
        return FutureConverters.asScala(
                candidate(seen).thenCompose(this::withConsent).toCompletableFuture());
    }

    /** The database knows all nodes, so that nobody else has to be seen; pods must see each other first. */
    private CompletionStage<JoinDecision> candidate(SeedNodesInformation seen) {
        return setup.asksTheDatabase()
                ? CompletableFuture.completedFuture(JoinSelf$.MODULE$)
                : FutureConverters.asJava(super.decide(seen));
    }

    private CompletionStage<JoinDecision> withConsent(JoinDecision decision) {
        return decision instanceof JoinSelf$
                ? CompletableFuture.supplyAsync(() -> consent() ? decision : KeepProbing$.MODULE$, QUESTIONS)
                : CompletableFuture.completedFuture(decision);
    }

    private boolean consent() {
        RecordedMember self = setup.self().join();
        try {
            return setup.roster().found(self);
        } catch (SQLException e) {
            LOG.warn("the database cannot say whether to found a cluster: {}", e.getMessage());
            return false;
        }
    }
}
