package io.bulwark.node.start;

import akka.actor.typed.ActorSystem;
import akka.management.javadsl.AkkaManagement;
import io.bulwark.grammar.Name;
import io.bulwark.http.Ports;
import io.bulwark.http.Routes;
import io.bulwark.http.auth.TokenAuthorizer;
import io.bulwark.http.gateway.Gateway;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.ServiceListener;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.config.Settings;
import io.bulwark.node.demo.Demo;
import io.bulwark.node.guard.GuardActor;
import io.bulwark.node.guard.ShardedGuards;
import io.bulwark.node.service.ServiceReplica;
import io.bulwark.node.watch.CircuitLog;
import io.bulwark.node.watch.Telemetry;
import io.bulwark.persistence.ledger.PostgresLedger;
import io.bulwark.persistence.tenant.PostgresTenantDirectory;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running member: started step by step with a log line each, and stopped in the opposite order: not ready, no new
 * calls, those in flight settle, shards are handed over, the ledger is drained, the database last.
 */
public final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    /** No step hangs for ever; generous, because a starved machine is slow and a start that gives up helps nobody. */
    private static final Duration STEP_WITHIN = Duration.ofSeconds(100);
    /** Beside the drain itself: for connections to be closed. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    private final Settings settings;
    private final NodeConfig config;
    private final InstantSource clock = InstantSource.system();
    /** Seeded from the system's entropy; for trace ids and the numbers of permits and claims, not for secrets. */
    private final RandomGenerator random = new Random(new SecureRandom().nextLong());

    private final Parts parts = new Parts();

    private Node(Settings settings) {
        this.settings = settings;
        this.config = NodeConfig.of(settings);
    }

    /**
     * Starts a node and serves until the process is told to end; a failure to start ends with everything stopped again.
     *
     * @return only when the member gave up by itself: the exit status
     */
    public static int run(Settings settings, boolean demo, PrintWriter out) throws Exception {
        Node node = new Node(settings);
        Lifetime lifetime = new Lifetime(node.parts::stopAll);
        try {
            node.start(demo, lifetime).print(out);
        } catch (Exception e) {
            lifetime.failedToStart();
            throw e;
        }
        return lifetime.awaitEnd();
    }

    private Announcement start(boolean demo, Lifetime lifetime) throws Exception {
        LOG.info("starting, data in {}", config.dataDir());
        Trust trust = Trust.open(config);
        OpenDatabase database = OpenDatabase.open(config);
        parts.started("database", database::close);
        LOG.info("database: {}", database.described());
        database.prepareSchema(config.database().migrateOnStart());
        PostgresLedger ledger = PostgresLedger.open(database.database(), config.ledger(), random);
        parts.started("ledger", ledger::close);
        LOG.info("ledger: {} lanes", config.ledger().lanes());

        Membership membership = Membership.start(settings, database.database());
        parts.started("cluster member", membership::leave);
        LOG.info("cluster: a member as {}", membership.address());
        ActorSystem<Void> system = membership.system();
        system.getWhenTerminated().whenComplete((_, _) -> lifetime.endedByItself());

        Telemetry telemetry = Telemetry.get(system);
        LedgerMeters.register(ledger, telemetry.meters());
        NodeReadiness readiness = new NodeReadiness(database.pool(), system);
        parts.started("readiness", readiness::close);
        telemetry.readiness(readiness);

        ServiceReplica services = ServiceReplica.start(system);
        within(services.filled());
        Ports ports = new Ports(
                guards(database, system, telemetry),
                services,
                ledger,
                new PostgresTenantDirectory(database.pool()),
                new OnlyMember(system),
                readiness,
                clock,
                random,
                telemetry.meters());
        LOG.info("guards are in place, {} services are known", services.all().size());
        return serve(demo, trust, ports, readiness, membership);
    }

    private ShardedGuards guards(OpenDatabase database, ActorSystem<Void> system, Telemetry telemetry) {
        return ShardedGuards.start(
                system,
                new GuardActor.Surroundings(
                        clock,
                        random,
                        new PostgresTenantDirectory(database.pool()),
                        new CircuitLog(telemetry.meters())));
    }

    private Announcement serve(boolean demo, Trust trust, Ports ports, NodeReadiness readiness, Membership membership)
            throws Exception {
        ActorSystem<Void> system = membership.system();
        ServiceListener.Bound listener = listen(trust, ports, readiness, system);
        LOG.info("service listener on {}", listener.address());
        membership.freeManagementPort();
        String management = within(AkkaManagement.get(system).start()).toString();
        LOG.info("management on {}", management);
        if (demo) {
            within(Demo.register(system, ports.services(), ports.guards()));
            LOG.info("demo: tenant 'acme', service 'payments'");
        }
        readiness.serving();
        return new Announcement(
                "http://" + config.listener().host() + ":" + listener.address().getPort(),
                management.replaceAll("/$", ""),
                trust.adminToken(),
                demo ? Optional.of(trust.demoToken(new Name("acme"))) : Optional.empty());
    }

    private ServiceListener.Bound listen(Trust trust, Ports ports, NodeReadiness readiness, ActorSystem<Void> system)
            throws Exception {
        Gateway gateway = new Gateway(
                ports.guards(), ports.services(), ports.ledger(), clock, ports.meters(), system, config.gateway());
        parts.started("gateway", () -> {
            // Executions whose client went away are still to be recorded.
            within(gateway.drained(), config.drainTimeout());
            gateway.close();
        });
        RequestBodies bodies = new RequestBodies(system, config.listener());
        ServiceListener.Bound listener = within(ServiceListener.bind(
                system,
                config.listener(),
                Routes.all(ports, bodies, gateway.route()),
                new TokenAuthorizer(trust.verifier()),
                ports.meters(),
                random));
        parts.started("service listener", () -> {
            readiness.draining();
            LOG.info("taking no new calls, settling those in flight within {}", config.drainTimeout());
            within(listener.drain(config.drainTimeout()), config.drainTimeout().plus(CLOSE_WITHIN));
        });
        return listener;
    }

    private static <T> T within(CompletionStage<T> stage) throws Exception {
        return within(stage, STEP_WITHIN);
    }

    private static <T> T within(CompletionStage<T> stage, Duration bound) throws Exception {
        return stage.toCompletableFuture().get(bound.toMillis(), TimeUnit.MILLISECONDS);
    }
}
