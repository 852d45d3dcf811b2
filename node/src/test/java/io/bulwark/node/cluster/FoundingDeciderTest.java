package io.bulwark.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.actor.BootstrapSetup;
import akka.actor.setup.ActorSystemSetup;
import akka.management.cluster.bootstrap.ClusterBootstrapSettings;
import akka.management.cluster.bootstrap.JoinDecision;
import akka.management.cluster.bootstrap.JoinSelf$;
import akka.management.cluster.bootstrap.KeepProbing$;
import akka.management.cluster.bootstrap.SeedNodesInformation;
import com.typesafe.config.ConfigFactory;
import com.zaxxer.hikari.HikariDataSource;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.config.ClusterConfig;
import io.bulwark.persistence.cluster.Leases;
import io.bulwark.persistence.cluster.MemberRoster;
import io.bulwark.persistence.cluster.Presence;
import io.bulwark.persistence.cluster.RecordedMember;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Settings;
import io.bulwark.persistence.schema.Migrations;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.immutable.Set$;
import scala.jdk.javaapi.FutureConverters;

/** What a node decides that sees no member of any cluster. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FoundingDeciderTest {
    private static final RecordedMember FIRST = new RecordedMember("bulwark", "127.0.0.1:25520", "127.0.0.1:8558");
    private static final RecordedMember SECOND = new RecordedMember("bulwark", "127.0.0.1:25521", "127.0.0.1:8559");
    /** For the database, on a machine that does much else. */
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private EmbeddedPostgres server;
    private Database database;
    private HikariDataSource pool;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        server = EmbeddedPostgres.start(directory, Settings.DEFAULT);
        database = Database.of(server);
        pool = database.pool("test", 4);
        new Migrations(pool).up();
    }

    @AfterAll
    void close() throws Exception {
        pool.close();
        server.close();
    }

    @Test
    void decide_whileAnotherHasFounded_goesOnAsking_andFoundsWhenThatOneIsGone() throws Exception {
        try (Presence second = announced(SECOND, 2)) {
            try (Presence first = announced(FIRST, 1)) {
                assertThat(decision(first, List.of())).isEqualTo(JoinSelf$.MODULE$);
                assertThat(decision(second, List.of())).isEqualTo(KeepProbing$.MODULE$);
            }
            assertThat(decision(second, List.of())).isEqualTo(JoinSelf$.MODULE$);
        }
    }

    @Test
    void decide_toldWhomToJoin_neverFounds() throws Exception {
        try (Presence self = announced(SECOND, 3)) {
            assertThat(decision(self, List.of(MemberAddress.parse(FIRST.management()))))
                    .isEqualTo(KeepProbing$.MODULE$);
        }
    }

    private Presence announced(RecordedMember member, long number) throws Exception {
        return Presence.announce(
                database.connections("presence", Duration.ofSeconds(5), Duration.ofSeconds(10)), member, number);
    }

    private JoinDecision decision(Presence self, List<MemberAddress> join) throws Exception {
        ClusterSetup setup = new ClusterSetup(config(join), new MemberRoster(pool), new Leases(pool));
        setup.self().complete(self.self());
        ActorSystem system = ActorSystem.create(
                "founding",
                ActorSystemSetup.create(
                        BootstrapSetup.create(ConfigFactory.parseString("akka.actor.provider = local")
                                .withFallback(ConfigFactory.load())),
                        setup));
        try {
            ClusterBootstrapSettings settings =
                    ClusterBootstrapSettings.apply(system.settings().config(), system.log());
            SeedNodesInformation nobody = new SeedNodesInformation(
                    LocalDateTime.MIN, LocalDateTime.MIN, Set$.MODULE$.empty(), Set$.MODULE$.empty());
            return FutureConverters.asJava(new FoundingDecider(system, settings).decide(nobody))
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            system.terminate();
        }
    }

    private static ClusterConfig config(List<MemberAddress> join) {
        return new ClusterConfig(
                "bulwark",
                "",
                join,
                PATIENCE,
                ClusterConfig.Discovery.DATABASE,
                1,
                new ClusterConfig.Kubernetes("", "", ""),
                ClusterConfig.Downing.KEEP_MAJORITY,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2));
    }
}
