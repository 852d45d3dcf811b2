package io.bulwark.node.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import com.typesafe.config.ConfigFactory;
import io.bulwark.admission.GuardEvent;
import io.bulwark.circuit.CircuitEvent;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.grammar.Name;
import io.bulwark.node.backup.BackupSamples;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.Level;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.scaling.Decision;
import io.bulwark.scaling.Demand;
import io.bulwark.scaling.Emergency;
import io.bulwark.scaling.Recommendation;
import io.bulwark.scaling.ScalingEvent;
import io.bulwark.scaling.ScalingPolicy;
import io.bulwark.service.ServiceCatalog;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.Services;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Journals outlive programs: what an earlier commit wrote must be read by this one. The file of recorded bytes only
 * ever gets new lines; a line is never changed, because there are journals that hold it.
 */
class RecordedEventsTest {
    private static final ActorTestKit KIT = ActorTestKit.create(
            "recorded",
            ConfigFactory.parseString(
                            "akka.actor.serialization-bindings { \"io.bulwark.wire.CborMessage\" = jackson-cbor }")
                    .withFallback(ConfigFactory.load()));
    private static final Serialization SERIALIZATION = SerializationExtension.get(KIT.system());
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Map<String, String> RECORDED = new HashMap<>();

    /** An event under the name by which its bytes are recorded. */
    record Sample(String name, Object event) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    static void read() throws IOException {
        for (String line : Files.readAllLines(Path.of("src/test/resources/recorded/events.txt"))) {
            RECORDED.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
        }
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    static Stream<Sample> samples() {
        return Stream.concat(
                guardsAndScaling(),
                BackupSamples.events().entrySet().stream().map(entry -> new Sample(entry.getKey(), entry.getValue())));
    }

    private static Stream<Sample> guardsAndScaling() {
        Name payments = new Name("payments");
        return Stream.of(
                new Sample("policy-put-default", new GuardEvent.PolicyPut(1, TenantPolicy.DEFAULT)),
                new Sample("policy-put-full", new GuardEvent.PolicyPut(7, fullPolicy())),
                new Sample("policy-deleted", new GuardEvent.PolicyDeleted(8)),
                new Sample(
                        "circuit-opened",
                        new GuardEvent.CircuitChanged(
                                payments, new CircuitEvent.Opened(AT, AT.plusSeconds(5), 2, "10 failures in a row"))),
                new Sample("circuit-closed", new GuardEvent.CircuitChanged(payments, new CircuitEvent.Closed(AT))),
                new Sample(
                        "circuit-mode-set",
                        new GuardEvent.CircuitChanged(
                                payments, new CircuitEvent.ModeSet(AT, CircuitMode.METRICS_ONLY, "trial"))),
                new Sample(
                        "limit-reserved-bucket",
                        new GuardEvent.LimitReserved(new Name("daily"), new Level.Bucket(-5, 123_456_789_000_000L))),
                new Sample(
                        "levels-parked-window",
                        new GuardEvent.LevelsParked(
                                Map.of("w", new Level.Window(List.of(new Level.Slot(55, 3), new Level.Slot(56, 1)))))),
                new Sample(
                        "levels-parked-leases",
                        new GuardEvent.LevelsParked(
                                Map.of("c", new Level.Leases(List.of(new Level.Lease(9, 1, 1_700_000_000_000L)))))),
                new Sample(
                        "service-put",
                        new ServiceCatalog.Event.ServicePut(new Services.Versioned(payments, 3, service()))),
                new Sample("service-deleted", new ServiceCatalog.Event.ServiceDeleted(payments, 4)),
                new Sample("scaling-policy-put", new ScalingEvent.PolicyPut(2, ScalingPolicy.DEFAULT)),
                new Sample("scaling-recommended", new ScalingEvent.Recommended(AT, 5, AT.minusSeconds(15))),
                new Sample("scaling-decided", new ScalingEvent.Decided(decision())),
                new Sample("scaling-resized", new ScalingEvent.Resized(AT, 2, 3)),
                new Sample("scaling-rule-acted", new ScalingEvent.RuleActed(AT, "queue")),
                new Sample("scaling-demand-seen", new ScalingEvent.DemandSeen(new Demand.Bucket(5_890_000, 2.5))),
                new Sample(
                        "scaling-emergency-declared",
                        new ScalingEvent.EmergencyDeclared(new Emergency(10, true, "launch", AT, AT.plusSeconds(600)))),
                new Sample("scaling-emergency-ended", new ScalingEvent.EmergencyEnded(AT, "over")));
    }

    private static Decision decision() {
        return new Decision(
                7,
                AT,
                2,
                3,
                Decision.Kind.DECIDED,
                List.of(
                        new Recommendation("cpu", Optional.of(3), Optional.of(0.9), Optional.of(0.7), 2, 1, "note"),
                        new Recommendation("p95", Optional.empty(), Optional.empty(), Optional.of(0.2), 0, 2, "")),
                List.of("scaleUp", "maximum"),
                "From 2 to 3 nodes: cpu asks for 3.");
    }

    private static TenantPolicy fullPolicy() {
        LimitPolicy daily = new LimitPolicy(
                new Name("daily"),
                Algorithm.SLIDING_WINDOW,
                100_000,
                100_000,
                Duration.ofDays(1),
                Durability.STRICT,
                Mode.SHADOW);
        return new TenantPolicy(
                List.of(daily),
                Map.of("*", List.of(new Name("daily"))),
                CircuitPolicy.DEFAULT,
                new IdempotencyPolicy(Duration.ofDays(2), Duration.ofSeconds(20), Duration.ofMillis(1_500)),
                OnGuardUnavailable.REFUSE,
                TenantStatus.QUARANTINED,
                true);
    }

    private static ServicePolicy service() {
        return new ServicePolicy(
                List.of(URI.create("https://payments.internal:8443/v2")),
                ServicePolicy.Balance.LEAST_IN_FLIGHT,
                Duration.ofSeconds(3),
                Duration.ofMillis(250),
                64,
                Optional.of(new ServicePolicy.Health("/up", Duration.ofSeconds(1), 3, 2)),
                new ServicePolicy.Recording(
                        Set.of("POST"), ServicePolicy.RecordRule.ALL, ServicePolicy.OnUnknownOutcome.RETRY, 1_024));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void event_writtenByAnEarlierCommit_isReadAsTheSame(Sample sample) throws Exception {
        int serializer = SERIALIZATION.findSerializerFor(sample.event()).identifier();
        byte[] written = SERIALIZATION.serialize(sample.event()).get();
        assertThat(RECORDED)
                .as("add this line to src/test/resources/recorded/events.txt:%n%s %s", sample, base64(written))
                .containsKey(sample.name());

        byte[] recorded = Base64.getDecoder().decode(RECORDED.get(sample.name()));
        Object read = SERIALIZATION
                .deserialize(recorded, serializer, sample.event().getClass().getName())
                .get();

        assertThat(read).isEqualTo(sample.event());
    }

    @Test
    void samples_ofEveryKindOfEvent_areRecorded() {
        Set<Class<?>> sampled =
                samples().map(sample -> sample.event().getClass()).collect(Collectors.toSet());

        assertThat(sampled).contains(GuardEvent.class.getPermittedSubclasses());
        assertThat(sampled).contains(ServiceCatalog.Event.class.getPermittedSubclasses());
        assertThat(sampled).contains(ScalingEvent.class.getPermittedSubclasses());
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
