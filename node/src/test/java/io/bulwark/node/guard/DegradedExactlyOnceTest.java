package io.bulwark.node.guard;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.Guards;
import io.bulwark.http.gateway.Gateway;
import io.bulwark.http.gateway.GatewaySettings;
import io.bulwark.http.server.CallStatistics;
import io.bulwark.http.server.ListenerSettings;
import io.bulwark.http.server.ServiceListener;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Settings;
import io.bulwark.persistence.ledger.LedgerSettings;
import io.bulwark.persistence.ledger.PostgresLedger;
import io.bulwark.persistence.schema.Migrations;
import io.bulwark.persistence.tenant.PostgresTenantDirectory;
import io.bulwark.tenant.TenantPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes over one database, neither of which hears from any guard: each key is executed once all the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DegradedExactlyOnceTest {
    private static final Name ACME = new Name("acme");
    private static final int KEYS = 25;
    /** For the database: a starved machine is slow, and what is shown here has nothing to do with speed. */
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private final Map<String, List<String>> executions = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clockOfTheService = Executors.newSingleThreadScheduledExecutor();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<URI> nodes = new ArrayList<>();

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        HttpServer service = service();
        EmbeddedPostgres server = EmbeddedPostgres.start(directory, Settings.DEFAULT);
        opened.add(server);
        Database database = Database.of(server);
        var pool = database.pool("test", 4);
        opened.add(pool);
        new Migrations(pool).up();
        PostgresTenantDirectory tenants = new PostgresTenantDirectory(pool);
        tenants.put(ACME, 1, TenantPolicy.DEFAULT).toCompletableFuture().get(60, TimeUnit.SECONDS);
        OneService services =
                new OneService("http://127.0.0.1:" + service.getAddress().getPort());
        for (int node = 0; node < 2; node++) {
            nodes.add(node(database, tenants, services, node));
        }
    }

    @AfterAll
    void close() throws Exception {
        client.close();
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
        clockOfTheService.shutdownNow();
    }

    /** A guard that was sent something and is never heard of again. */
    private static final class Silent implements Guards {
        @Override
        public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
            return new CompletableFuture<>();
        }

        @Override
        public void tell(Name tenant, GuardCommand command) {}
    }

    private URI node(Database database, PostgresTenantDirectory tenants, OneService services, int number) {
        ActorTestKit kit = ActorTestKit.create(
                "node" + number,
                ConfigFactory.parseString("akka.loglevel = WARNING, akka.actor.provider = local")
                        .withFallback(ConfigFactory.load()));
        opened.add(kit::shutdownTestKit);
        var random = new Random(number);
        PostgresLedger ledger = PostgresLedger.open(database, LedgerSettings.DEFAULT, random, Optional::empty);
        opened.add(ledger);
        Guards guards = GuardsWithStandIn.of(
                new Silent(),
                tenants,
                () -> 2,
                _ -> false,
                kit.system(),
                InstantSource.system(),
                random,
                Duration.ofMillis(250),
                PATIENCE);
        var meters = new SimpleMeterRegistry();
        Gateway gateway =
                new Gateway(guards, services, ledger, InstantSource.system(), meters, kit.system(), patient());
        opened.add(gateway);
        Config config = ConfigFactory.parseString("bulwark.http.port = 0");
        ServiceListener.Bound bound = ServiceListener.bind(
                        kit.system(),
                        ListenerSettings.of(
                                config.withFallback(ConfigFactory.load()).resolve()),
                        List.of(gateway.route()),
                        (request, access, tenant) -> CompletableFuture.completedFuture(Done.getInstance()),
                        meters,
                        new CallStatistics(),
                        new SplittableRandom(number),
                        InstantSource.system())
                .toCompletableFuture()
                .join();
        return URI.create("http://127.0.0.1:" + bound.address().getPort());
    }

    private static GatewaySettings patient() {
        GatewaySettings others = GatewaySettings.DEFAULT;
        return new GatewaySettings(
                others.requestBodyMax(),
                others.requestBodyWithin(),
                others.guardWithin(),
                PATIENCE,
                others.answerBodyWithin(),
                others.bodyIdle(),
                others.keepAlive(),
                others.ejectFor(),
                others.pollEvery(),
                others.sweepEvery());
    }

    /** Answers with which execution of its path this is, sooner or later. */
    private HttpServer service() throws IOException {
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        service.setExecutor(threads);
        service.createContext("/", this::execute);
        service.start();
        opened.add(() -> {
            service.stop(0);
            threads.close();
        });
        return service;
    }

    private void execute(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        List<String> so = executions.computeIfAbsent(path, _ -> Collections.synchronizedList(new ArrayList<>()));
        String body = path + ", execution " + so.size();
        so.add(body);
        var _ = clockOfTheService.schedule(
                () -> answer(exchange, body), Math.floorMod(path.hashCode(), 120), TimeUnit.MILLISECONDS);
    }

    private static void answer(HttpExchange exchange, String body) {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(body.hashCode() % 5 == 0 ? 422 : 201, bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CompletableFuture<HttpResponse<String>> send(URI node, String order) {
        HttpRequest request = HttpRequest.newBuilder(node.resolve("/t/acme/payments/" + order))
                .timeout(Duration.ofSeconds(60))
                .header("Idempotency-Key", "\"" + order + "\"")
                .POST(BodyPublishers.noBody())
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    /** Every key two to five times, to nodes and in an order by the seed. */
    private List<CompletableFuture<HttpResponse<String>>> sendAll(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> orders = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            orders.addAll(Collections.nCopies(random.nextInt(2, 6), order(seed, key)));
        }
        Collections.shuffle(orders, new Random(random.nextLong()));
        return orders.stream()
                .map(order -> send(nodes.get(random.nextInt(nodes.size())), order))
                .toList();
    }

    private static String order(long seed, int key) {
        return "order-" + seed + "-" + key;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void sameKeys_toTwoNodesWithoutGuards_areExecutedOnce_andAnsweredAlike(long seed) throws Exception {
        Map<String, Set<String>> acknowledged = new TreeMap<>();
        for (CompletableFuture<HttpResponse<String>> answer : sendAll(seed)) {
            note(acknowledged, answer.get(60, TimeUnit.SECONDS));
        }
        for (int key = 0; key < KEYS; key++) {
            for (URI node : nodes) {
                HttpResponse<String> replayed = send(node, order(seed, key)).get(60, TimeUnit.SECONDS);
                assertThat(replayed.headers().firstValue("Idempotent-Replayed")).contains("true");
                note(acknowledged, replayed);
            }
        }

        for (int key = 0; key < KEYS; key++) {
            String path = "/" + order(seed, key);
            assertThat(executions.get(path)).as("executions of %s", path).hasSize(1);
            assertThat(acknowledged.get(path)).as("answers of %s", path).hasSize(1);
        }
        assertThat(acknowledged).hasSize(KEYS);
    }

    /** An answer of the service, or that somebody else is at it; either way marked. */
    private static void note(Map<String, Set<String>> acknowledged, HttpResponse<String> answer) {
        assertThat(answer.headers().allValues("Bulwark-Degraded")).containsExactly("guard");
        if (answer.statusCode() == 409) {
            assertThat(answer.body()).contains("operation-in-flight");
            return;
        }
        assertThat(answer.statusCode()).as(answer.body()).isIn(201, 422);
        String path = answer.request().uri().getPath().replaceFirst("^/t/acme/payments", "");
        acknowledged.computeIfAbsent(path, _ -> new TreeSet<>()).add(answer.statusCode() + " " + answer.body());
    }
}
