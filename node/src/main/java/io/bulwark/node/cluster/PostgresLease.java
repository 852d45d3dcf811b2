package io.bulwark.node.cluster;

import akka.actor.ExtendedActorSystem;
import akka.coordination.lease.LeaseSettings;
import akka.coordination.lease.javadsl.Lease;
import io.bulwark.persistence.cluster.Leases;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease that the split brain resolver asks for under {@code lease-majority}: a row in the database. It is held for
 * its whole length without renewal, because the resolver needs it for one decision and gives it back by itself. A
 * database that does not answer is a lease that is not held: that side goes down. Made by Akka, by name.
 */
public final class PostgresLease extends Lease {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLease.class);
    private static final Executor QUESTIONS = Executors.newVirtualThreadPerTaskExecutor();

    private final LeaseSettings settings;
    private final Leases leases;
    private final AtomicBoolean held = new AtomicBoolean();

    public PostgresLease(LeaseSettings settings, ExtendedActorSystem system) {
        this.settings = settings;
        this.leases = ClusterSetup.of(system).leases();
    }

    @Override
    public LeaseSettings getSettings() {
        return settings;
    }

    @Override
    public CompletionStage<Boolean> acquire() {
        return CompletableFuture.supplyAsync(this::take, QUESTIONS);
    }

    /** It is not renewed, so its loss is not watched for; the resolver does not ask for that. */
    @Override
    public CompletionStage<Boolean> acquire(Consumer<Optional<Throwable>> lost) {
        return acquire();
    }

    @Override
    public CompletionStage<Boolean> release() {
        return CompletableFuture.supplyAsync(this::give, QUESTIONS);
    }

    @Override
    public boolean checkLease() {
        return held.get();
    }

    private boolean take() {
        Duration length = settings.timeoutSettings().getHeartbeatTimeout();
        try {
            boolean taken = leases.take(settings.leaseName(), settings.ownerName(), length)
                    .isPresent();
            held.set(taken);
            LOG.info("the lease {} is {}", settings.leaseName(), taken ? "ours" : "another side's");
            return taken;
        } catch (SQLException e) {
            LOG.warn("the lease {} cannot be had: {}", settings.leaseName(), e.getMessage());
            return false;
        }
    }

    private boolean give() {
        try {
            leases.give(settings.leaseName(), settings.ownerName());
            held.set(false);
            return true;
        } catch (SQLException e) {
            LOG.warn("the lease {} runs out by itself: {}", settings.leaseName(), e.getMessage());
            return false;
        }
    }
}
