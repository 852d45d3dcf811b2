package io.bulwark.node.start;

import akka.actor.typed.ActorSystem;
import io.bulwark.grammar.Name;
import io.bulwark.http.Ports;
import io.bulwark.http.Routes;
import io.bulwark.http.auth.TokenAuthorizer;
import io.bulwark.http.gateway.Gateway;
import io.bulwark.http.server.CallStatistics;
import io.bulwark.http.server.RequestBodies;
import io.bulwark.http.server.ServiceListener;
import io.bulwark.node.cluster.Membership;
import io.bulwark.node.cluster.SeenMembers;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.config.Settings;
import io.bulwark.node.database.OpenDatabase;
import io.bulwark.node.demo.Demo;
import io.bulwark.node.guard.GuardActor;
import io.bulwark.node.guard.GuardsWithAdvances;
import io.bulwark.node.guard.GuardsWithStandIn;
import io.bulwark.node.guard.ShardedGuards;
import io.bulwark.node.restore.TenantRestores;
import io.bulwark.node.scaling.SharedScaling;
import io.bulwark.node.scaling.keda.KedaScaler;
import io.bulwark.node.service.ServiceReplica;
import io.bulwark.node.watch.CircuitLog;
import io.bulwark.node.watch.Telemetry;
import io.bulwark.persistence.journal.JournalSweeper;
import io.bulwark.persistence.ledger.PostgresLedger;
import io.bulwark.persistence.tenant.PostgresTenantDirectory;
import io.bulwark.tenant.TenantDirectory;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of the cluster and what it serves, on a database that is there; may be started again once it has ended. */
final class ServingMember {
    private static final Logger LOG = LoggerFactory.getLogger(ServingMember.class);
    /** No step hangs for ever; generous, because a starved machine is slow and a start that gives up helps nobody. */
    private static final Duration STEP_WITHIN = Duration.ofSeconds(100);
    /** How long the actor system may take to end when all that it served has: it is mostly a second. */
    private static final Duration END_WITHIN = Duration.ofSeconds(30);
    /**
     * A process that stood still finds connections that its listener has not taken yet, and to close the listener breaks
     * them off: of 286 calls that `uptime` lost in 5 minutes 280 were such. What comes out of them is answered without the
     * guards, as during any trouble of the cluster.
     */
    private static final Duration TAKES_WAITING_FOR = Duration.ofSeconds(1);
    /** Beside the drain itself: for connections to be closed. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    private final Ground on;
    private final Parts parts;
    private final Lifetime lifetime;
    /** Taken at the first start, and kept: whoever knows this node by them finds it again. */
    private OptionalInt remotePort = OptionalInt.empty();

    private OptionalInt servicePort = OptionalInt.empty();

    private final AtomicReference<Runnable> backups = new AtomicReference<>(() -> {});

    /** Of all memberships: what is counted goes on when a node joins again. */
    private final CallStatistics calls = new CallStatistics();

    /** What stays when a membership ends. */
    record Ground(
            Settings settings,
            NodeConfig config,
            Trust trust,
            OpenDatabase database,
            PostgresLedger ledger,
            JournalSweeper journal,
            InstantSource clock,
            RandomGenerator random,
            boolean demo) {}

    ServingMember(Ground on, Parts parts, Lifetime lifetime) {
        this.on = on;
        this.parts = parts;
        this.lifetime = lifetime;
    }

    Announcement start() throws Exception {
        Membership membership = Membership.start(new Membership.Given(
                on.settings(),
                on.config(),
                on.database().database(),
                on.database().pool(),
                on.random().nextLong(),
                remotePort));
        // After the member has left, because what is written on the way out may wait for the archiver.
        parts.started("archive of the log", () -> backups.getAndSet(() -> {}).run());
        parts.started("cluster member", membership::leave);
        remotePort = OptionalInt.of(membership.address().port());
        LOG.info("cluster: a member as {}, management on {}", membership.address(), membership.management());
        ActorSystem<Void> system = membership.system();
        system.getWhenTerminated().whenComplete((_, _) -> lifetime.membershipEnded());
        int member = parts.running();
        membership.beforeLeaving(() -> parts.stopDownTo(member));
        membership.unlessEnded(END_WITHIN, () -> lifetime.membershipStuck(END_WITHIN));
        return serve(membership, readiness(system));
    }

    private NodeReadiness readiness(ActorSystem<Void> system) {
        Telemetry telemetry = Telemetry.get(system);
        LedgerMeters.register(on.ledger(), telemetry.meters());
        JournalMeters.register(on.journal(), telemetry.meters());
        NodeReadiness readiness = new NodeReadiness(on.database().pool(), system);
        parts.started("readiness", readiness::close);
        telemetry.readiness(readiness);
        return readiness;
    }

    private Announcement serve(Membership membership, NodeReadiness readiness) throws Exception {
        Ports ports = ports(membership, readiness);
        ActorSystem<Void> system = membership.system();
        ServiceListener.Bound listener = listen(ports, readiness, membership);
        servicePort = OptionalInt.of(listener.address().getPort());
        LOG.info("service listener on {}", listener.address());
        if (on.demo()) {
            within(Demo.register(system, ports.services(), ports.guards()));
            LOG.info("demo: tenant 'acme', service 'payments'");
        }
        readiness.serving();
        Trust trust = on.trust();
        return new Announcement(
                "http://" + on.config().listener().host() + ":"
                        + listener.address().getPort(),
                membership.management().toString().replaceAll("/$", ""),
                trust.adminToken(),
                on.demo() ? Optional.of(trust.demoToken(new Name("acme"))) : Optional.empty());
    }

    private Ports ports(Membership membership, NodeReadiness readiness) throws Exception {
        ActorSystem<Void> system = membership.system();
        Telemetry telemetry = Telemetry.get(system);
        ServiceReplica services = ServiceReplica.start(system);
        TenantDirectory tenants = new PostgresTenantDirectory(on.database().pool());
        ShardedGuards sharded = ShardedGuards.start(
                system,
                new GuardActor.Surroundings(on.clock(), on.random(), tenants, new CircuitLog(telemetry.meters())),
                on.config().collectFor());
        SeenMembers members =
                SeenMembers.start(system, on.config().cluster().name(), sharded.census(), lifetime::leave);
        GuardsWithStandIn guards = standIns(sharded, tenants, members, system);
        Gauge.builder("bulwark.guards.silent", guards, GuardsWithStandIn::silent)
                .description("Guards that do not answer this node, which answers in their place")
                .register(telemetry.meters());
        GuardsWithAdvances advances =
                new GuardsWithAdvances(guards, advancing(sharded), System::nanoTime, system.ignoreRef());
        FunctionCounter.builder("bulwark.limits.decided.ahead", advances, GuardsWithAdvances::taken)
                .description("Decisions over limits taken here for guards on other nodes, which had advanced as much")
                .register(telemetry.meters());
        ClusterMeters.register(members, telemetry.meters());
        SharedScaling scaling = ScalingPart.start(new ScalingPart.Given(
                system,
                on.config(),
                membership.address(),
                membership.management(),
                members,
                calls,
                on.ledger(),
                on.database().pool(),
                readiness::isServing,
                telemetry.meters(),
                on.clock()));
        parts.started("scaling", scaling::close);
        BackupPart backup = BackupPart.start(new BackupPart.Given(
                system, on.settings(), on.config(), membership.address(), telemetry.meters(), on.clock()));
        backups.set(backup::close);
        if (on.config().keda().isPresent()) {
            KedaScaler keda = KedaScaler.start(on.config().keda().get(), scaling::desired);
            parts.started("KEDA's scaler", keda::close);
        }
        TenantRestores restores = RestorePart.of(on, advances, membership.address());
        parts.started("restores", restores::close);
        within(services.filled());
        new Rehearsal(tenants, sharded).run();
        LOG.info("guards are in place, {} services are known", services.all().size());
        return new Ports(
                advances,
                services,
                on.ledger(),
                tenants,
                members,
                scaling,
                backup.backups(),
                restores,
                readiness,
                on.clock(),
                on.random(),
                telemetry.meters());
    }

    private Predicate<Name> advancing(ShardedGuards guards) {
        return on.config().advances() ? guards::elsewhere : _ -> false;
    }

    private GuardsWithStandIn standIns(
            ShardedGuards guards, TenantDirectory tenants, SeenMembers members, ActorSystem<Void> system) {
        return GuardsWithStandIn.of(
                guards,
                tenants,
                members::up,
                tenant -> guards.home(tenant).filter(members::away).isPresent(),
                system,
                on.clock(),
                on.random(),
                on.config().degradeAfter(),
                on.config().gateway().guardWithin());
    }

    private ServiceListener.Bound listen(Ports ports, NodeReadiness readiness, Membership membership) throws Exception {
        ActorSystem<Void> system = membership.system();
        NodeConfig config = on.config();
        Gateway gateway = new Gateway(
                ports.guards(), ports.services(), ports.ledger(), on.clock(), ports.meters(), system, config.gateway());
        parts.started("gateway", () -> {
            // Executions whose client went away are still to be recorded.
            within(gateway.drained(), config.drainTimeout());
            gateway.close();
        });
        RequestBodies bodies = new RequestBodies(system, config.listener());
        ServiceListener.Bound listener = within(ServiceListener.bind(
                system,
                config.listener().withPort(servicePort),
                Routes.all(ports, bodies, gateway.route()),
                new TokenAuthorizer(on.trust().verifier()),
                ports.meters(),
                calls,
                on.random(),
                on.clock()));
        parts.started("service listener", () -> drain(listener, readiness, membership));
        return listener;
    }

    private void drain(ServiceListener.Bound listener, NodeReadiness readiness, Membership membership)
            throws Exception {
        Duration drainTimeout = on.config().drainTimeout();
        readiness.draining();
        if (membership.hasOthers() && on.config().announceFor().isPositive()) {
            listener.announceEnd();
            LOG.info("not ready; taking calls for another {}", on.config().announceFor());
            pass(on.config().announceFor());
        } else if (membership.isLost()) {
            listener.announceEnd();
            LOG.info("not a member any more; taking the calls that wait already, for {}", TAKES_WAITING_FOR);
            pass(TAKES_WAITING_FOR);
        }
        LOG.info("taking no new calls, settling those in flight within {}", drainTimeout);
        within(listener.drain(drainTimeout), drainTimeout.plus(CLOSE_WITHIN));
    }

    private static void pass(Duration time) throws InterruptedException {
        var _ = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static <T> T within(CompletionStage<T> stage) throws Exception {
        return within(stage, STEP_WITHIN);
    }

    private static <T> T within(CompletionStage<T> stage, Duration bound) throws Exception {
        return stage.toCompletableFuture().get(bound.toMillis(), TimeUnit.MILLISECONDS);
    }
}
