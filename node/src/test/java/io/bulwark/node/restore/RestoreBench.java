package io.bulwark.node.restore;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.AskPattern;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.Guards;
import io.bulwark.node.config.Settings;
import io.bulwark.node.guard.GuardActor;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.journal.JournalSettings;
import io.bulwark.persistence.repository.Erasure;
import io.bulwark.persistence.schema.Migrations;
import io.bulwark.persistence.tenant.PostgresTenantDirectory;
import io.bulwark.persistence.tenantrestore.RegisteredTable;
import io.bulwark.persistence.tenantrestore.RestoreRuns;
import io.bulwark.tenant.TenantDirectory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/** Real guards on a real journal, and copies of the database as it was. */
final class RestoreBench implements Guards, Pasts {
    private static final List<String> TABLES = List.of("event_journal", "snapshot", "operation", "tenant");
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final AtomicInteger copies = new AtomicInteger();
    private final Map<Name, ActorRef<GuardCommand>> awake = new ConcurrentHashMap<>();
    private final EmbeddedPostgres server;
    private final HikariDataSource pool;
    private final ActorTestKit kit;
    final TenantDirectory directory;
    final RestoreRuns runs;
    final TenantRestores restores;

    volatile Optional<Database> copy = Optional.empty();
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile boolean configured = true;
    volatile List<Erasure> erased = List.of();

    RestoreBench(Path folder) {
        server = EmbeddedPostgres.start(folder, io.bulwark.persistence.embedded.Settings.DEFAULT);
        opened.push(server);
        pool = live().pool("test", 4);
        opened.push(pool);
        new Migrations(pool).up();
        directory = new PostgresTenantDirectory(pool);
        runs = new RestoreRuns(pool);
        kit = ActorTestKit.create(
                "restores",
                ConfigFactory.parseString("akka.actor.provider = local")
                        .withFallback(ConfigFactory.parseMap(JournalSettings.of(live(), 4)))
                        .withFallback(Settings.load(Optional.empty()).config()));
        opened.push(kit::shutdownTestKit);
        restores = new TenantRestores(new TenantRestores.Given(
                this,
                live(),
                runs,
                this,
                MemberAddress.parse("127.0.0.1:25520"),
                InstantSource.system(),
                new SplittableRandom(5),
                PATIENCE,
                Duration.ofMillis(300)));
        opened.push(restores);
    }

    Database live() {
        return Database.of(server);
    }

    /** A guard of a tenant, beside any that there is. */
    ActorRef<GuardCommand> wake(Name tenant) {
        return kit.spawn(GuardActor.create(
                tenant,
                new GuardActor.Surroundings(
                        InstantSource.system(), new SplittableRandom(7), directory, (_, _, _) -> {})));
    }

    /** As sharding does: a guard that sleeps is woken by the next message. */
    private ActorRef<GuardCommand> guard(Name tenant) {
        return awake.computeIfAbsent(tenant, this::wake);
    }

    <R> R ask(ActorRef<GuardCommand> guard, Function<ActorRef<R>, GuardCommand> question) {
        TestProbe<R> probe = kit.createTestProbe();
        guard.tell(question.apply(probe.ref()));
        return probe.receiveMessage(PATIENCE);
    }

    <R> R ask(Name tenant, Function<ActorRef<R>, GuardCommand> question) {
        return ask(guard(tenant), question);
    }

    void expectNothing(ActorRef<GuardCommand> guard, Function<ActorRef<Object>, GuardCommand> question) {
        TestProbe<Object> probe = kit.createTestProbe();
        guard.tell(question.apply(probe.ref()));
        probe.expectNoMessage(Duration.ofMillis(300));
    }

    @Override
    public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
        return AskPattern.ask(guard(tenant), question::apply, within, kit.scheduler());
    }

    @Override
    public void tell(Name tenant, GuardCommand command) {
        ActorRef<GuardCommand> guard = guard(tenant);
        if (command instanceof GuardCommand.Sleep) {
            awake.remove(tenant, guard);
        }
        guard.tell(command);
    }

    /** From now on, what is restored is what is there now. */
    void remember() throws SQLException, IOException {
        String name = "copy_" + copies.incrementAndGet();
        execute(live(), "CREATE DATABASE " + name);
        Database made = new Database(server.jdbcUrl(name), server.user(), server.password());
        try (HikariDataSource ofCopy = made.pool("copy", 1)) {
            new Migrations(ofCopy).up();
        }
        try (Connection from = connect(live());
                Connection to = connect(made)) {
            for (String table : TABLES) {
                StringWriter rows = new StringWriter();
                copies(from).copyOut("COPY " + table + " TO STDOUT", rows);
                copies(to).copyIn("COPY " + table + " FROM STDIN", new StringReader(rows.toString()));
            }
        }
        copy = Optional.of(made);
    }

    private static CopyManager copies(Connection connection) throws SQLException {
        return new CopyManager(connection.unwrap(BaseConnection.class));
    }

    private static Connection connect(Database database) throws SQLException {
        return DriverManager.getConnection(database.url(), database.user(), database.password());
    }

    private static void execute(Database database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void run(String sql) throws SQLException {
        execute(live(), sql);
    }

    List<String> query(String sql) throws SQLException {
        try (Connection connection = connect(live());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
            return lines;
        }
    }

    @Override
    public Opened open() {
        if (!configured) {
            throw new IllegalArgumentException("bulwark.backup.repository is ''");
        }
        return new Opened() {
            @Override
            public List<RegisteredTable> tables() {
                return List.of();
            }

            @Override
            public List<Erasure> erasures() {
                return erased;
            }

            @Override
            public void check(Instant at) throws IOException {
                if (at.equals(Instant.EPOCH)) {
                    throw new IOException("The first backup ended after what is asked for");
                }
            }

            @Override
            public Copy copy(Instant at, Consumer<String> told) throws IOException {
                return await(told);
            }

            @Override
            public void close() {}
        };
    }

    private Copy await(Consumer<String> told) throws IOException {
        told.accept("waiting at the gate");
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
        Database made = copy.orElseThrow(() -> new IOException("The backup is damaged"));
        return new Copy() {
            @Override
            public Database database() {
                return made;
            }

            @Override
            public void close() {}
        };
    }

    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }
}
