package io.bulwark.node.backup;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.pubsub.Topic;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupRun;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.BackupView;
import io.bulwark.backup.Backups;
import io.bulwark.backup.Retention;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.backup.BackupCoordinator.Browsed;
import io.bulwark.node.backup.BackupCoordinator.Cancelled;
import io.bulwark.node.backup.BackupCoordinator.Command;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.replica.Follower;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.drill.Drills;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.wire.Precondition;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * The backup coordinator from this node: its singleton manager, the way to it, a copy of what it last said, and the worker
 * that does runs here. Every node of a cluster is to have the same repository configured.
 */
public final class SharedBackups implements Backups, AutoCloseable {
    private static final Duration ASK_WITHIN = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    private final ActorSystem<?> system;
    private final ActorRef<Command> coordinator;
    private final RepositoryOpening repository;
    private final ClusterArchiver archiver;
    private final InstantSource clock;
    private final AtomicReference<Optional<BackupView>> view = new AtomicReference<>(Optional.empty());
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();

    private SharedBackups(
            ActorSystem<?> system,
            ActorRef<Command> coordinator,
            RepositoryOpening repository,
            ClusterArchiver archiver,
            InstantSource clock) {
        this.system = system;
        this.coordinator = coordinator;
        this.repository = repository;
        this.archiver = archiver;
        this.clock = clock;
    }

    /**
     * What a node brings into it.
     *
     * @param repository opens it
     * @param server that is backed up, as it is reached now; empty while it does not run
     * @param drills a folder here for restores that are thrown away
     * @param load of the processors here, 0 to 1
     */
    public record Given(
            MemberAddress self,
            RepositoryOpening repository,
            Supplier<Optional<Database>> server,
            Path drills,
            DoubleSupplier load,
            InstantSource clock) {}

    /** Starts this node's part of it. */
    public static SharedBackups start(ActorSystem<?> system, Given given) {
        ActorRef<Topic.Command<BackupView>> topic =
                system.systemActorOf(Topic.create(BackupView.class, "backup"), "backup-topic", Props.empty());
        ClusterArchiver archiver = new ClusterArchiver(given.repository(), given.server(), given.clock());
        BackupMeans means = new BackupMeans(
                given.self(), archiver, LOOK_EVERY, given.clock(), view -> topic.tell(Topic.publish(view)));
        ActorRef<Command> coordinator = ClusterSingleton.get(system)
                .init(SingletonActor.of(BackupCoordinator.create(means), "backup")
                        .withSettings(ClusterSingletonSettings.create(system).withRole(BackupConfig.ROLE)));
        SharedBackups shared = new SharedBackups(system, coordinator, given.repository(), archiver, given.clock());
        system.systemActorOf(
                Follower.of(BackupView.class, topic, asker -> coordinator.tell(new Command.Show(asker)), shared::take),
                "backup-follower",
                Props.empty());
        system.systemActorOf(
                BackupWorker.create(
                        given.self(),
                        given.load(),
                        new BackupDuty(given.repository(), given.server(), given.drills(), given.clock()),
                        coordinator),
                "backup-worker",
                Props.empty());
        return shared;
    }

    @Override
    public boolean configured() {
        return true;
    }

    @Override
    public Optional<BackupView> view() {
        return view.get();
    }

    @Override
    public CompletionStage<PolicyReply> put(BackupPolicy policy, Precondition precondition) {
        return ask((ActorRef<PolicyReply> replyTo) -> new Command.Put(replyTo, policy, precondition));
    }

    @Override
    public CompletionStage<RunReply> order(BackupTask task, String cause) {
        return ask((ActorRef<RunReply> replyTo) -> new Command.Ask(replyTo, task, cause));
    }

    @Override
    public CompletionStage<CancelReply> cancel(long number, String reason) {
        return ask((ActorRef<Cancelled> replyTo) -> new Command.Cancel(replyTo, number, reason))
                .thenApply(Cancelled::reply);
    }

    @Override
    public CompletionStage<List<BackupRun>> runs(long before, int most) {
        return ask((ActorRef<Browsed> replyTo) -> new Command.Browse(replyTo, before, most))
                .thenApply(Browsed::runs);
    }

    private <T> CompletionStage<T> ask(akka.japi.function.Function<ActorRef<T>, Command> question) {
        return AskPattern.ask(coordinator, question, ASK_WITHIN, system.scheduler());
    }

    @Override
    public CompletionStage<Held> held() {
        Retention retention = view().map(now -> now.policy().retention()).orElse(Retention.DEFAULT);
        return read(open -> {
            Repository.Listing listing = open.listing();
            Map<String, String> unreadable = new TreeMap<>();
            listing.unreadable().forEach((id, why) -> unreadable.put(id, String.valueOf(why.getMessage())));
            return new Held(ShownBackups.held(listing.backups(), retention, clock.instant()), unreadable);
        });
    }

    @Override
    public CompletionStage<List<Object>> drills(int most) {
        return read(open -> List.<Object>copyOf(new Drills(open).list(most).reports()));
    }

    private interface Reading<T> {
        T from(Repository open) throws StoreTrouble;
    }

    private <T> CompletionStage<T> read(Reading<T> reading) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Repository open = repository.open()) {
                        return reading.from(open);
                    } catch (StoreTrouble trouble) {
                        throw new RepositoryTrouble(String.valueOf(trouble.getMessage()), trouble);
                    }
                },
                readers);
    }

    /** Ends what works here: the archiver stores what it is storing, a run is left to another node. */
    @Override
    public void close() {
        readers.shutdownNow();
        archiver.close();
    }

    private void take(BackupView candidate) {
        view.updateAndGet(
                before -> before.filter(it -> !candidate.isLaterThan(it)).or(() -> Optional.of(candidate)));
    }
}
