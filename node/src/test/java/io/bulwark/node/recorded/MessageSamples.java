package io.bulwark.node.recorded;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.circuit.CircuitState;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReport;
import io.bulwark.guard.PolicyReply;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.node.backup.BackupSamples;
import io.bulwark.node.cluster.StewardSamples;
import io.bulwark.node.guard.ParcelSamples;
import io.bulwark.node.scaling.ScalingSamples;
import io.bulwark.node.service.ServiceRegistry;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.service.ServiceCatalog;
import io.bulwark.service.ServicePolicy;
import io.bulwark.service.Services;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Precondition;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One message of every kind that nodes send each other, always the same. */
final class MessageSamples {
    private static final String ASKER = "akka://bulwark@127.0.0.2:25520/user/asker#1234567";
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final Duration WAIT = Duration.ofMillis(1_500);
    private static final Name PAYMENTS = new Name("payments");
    private static final Name DAILY = new Name("daily");
    private static final LimitReport REPORT = new LimitReport(
            DAILY, Algorithm.SLIDING_WINDOW, 100_000, Duration.ofDays(1), 99_999, Duration.ofMillis(86_399_999));
    private static final List<LimitReport> REPORTS = List.of(REPORT);

    private final ActorRefResolver resolver;

    /** The samples, for a system whose provider knows addresses of other nodes. */
    MessageSamples(ActorRefResolver resolver) {
        this.resolver = resolver;
    }

    /** A message under the name by which its bytes are recorded. */
    record Sample(String name, Object message) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** All of them. */
    Stream<Sample> all() {
        return Stream.of(
                        calls(),
                        limits(),
                        circuits(),
                        policies(),
                        registry(),
                        replies(),
                        members(),
                        scaling(),
                        backup())
                .flatMap(samples -> samples);
    }

    /** What the parts of one node tell those of another. */
    private Stream<Sample> members() {
        GuardCommand.Admit admit = new GuardCommand.Admit(
                asker(), PAYMENTS, Optional.empty(), Duration.ofSeconds(12), Duration.ZERO, true);
        GuardCommand.Acquire acquire = new GuardCommand.Acquire(asker(), List.of(new GuardCommand.Item(DAILY, 3)));
        LimitReply decided = new LimitReply.Decided(List.of(new LimitReply.Result.Denied(REPORT, WAIT)));
        return Stream.of(
                new Sample("relay/questions", ParcelSamples.questions(asker(), admit, acquire)),
                new Sample("relay/answers", ParcelSamples.answers(new Admission.UnknownTenant(), decided)),
                new Sample("steward/leave", StewardSamples.leave()));
    }

    private Stream<Sample> scaling() {
        return ScalingSamples.all(asker()).entrySet().stream()
                .map(entry -> new Sample(entry.getKey(), entry.getValue()));
    }

    private Stream<Sample> backup() {
        return BackupSamples.all(asker()).entrySet().stream()
                .map(entry -> new Sample(entry.getKey(), entry.getValue()));
    }

    private <T> ActorRef<T> asker() {
        return resolver.resolveActorRef(ASKER);
    }

    private Stream<Sample> calls() {
        GuardCommand.Keyed keyed = new GuardCommand.Keyed(new IdempotencyKey("order-1"), new Fingerprint("0a1b2c"));
        return Stream.of(
                new Sample(
                        "guard/admit-keyed",
                        new GuardCommand.Admit(
                                asker(), PAYMENTS, Optional.of(keyed), Duration.ofSeconds(12), WAIT, false)),
                new Sample(
                        "guard/admit-without-key",
                        new GuardCommand.Admit(
                                asker(), PAYMENTS, Optional.empty(), Duration.ofSeconds(12), Duration.ZERO, true)),
                new Sample(
                        "guard/settle", new GuardCommand.Settle("p-7", Outcome.FAILURE, Duration.ofNanos(1_234_567))),
                new Sample("guard/lapse", new GuardCommand.Lapse()),
                new Sample("guard/sleep", new GuardCommand.Sleep()));
    }

    private Stream<Sample> limits() {
        return Stream.of(
                new Sample(
                        "guard/acquire",
                        new GuardCommand.Acquire(
                                asker(),
                                List.of(
                                        new GuardCommand.Item(DAILY, 3),
                                        new GuardCommand.Item(PAYMENTS, GuardCommand.COST_MAX)))),
                new Sample(
                        "guard/acquire-ahead",
                        new GuardCommand.Acquire(asker(), List.of(new GuardCommand.Item(DAILY, 3)), 70)),
                new Sample("guard/reserve", new GuardCommand.Reserve(asker(), DAILY, 500, Duration.ofMinutes(1))),
                new Sample("guard/settle-reservation", new GuardCommand.SettleReservation(asker(), DAILY, "r-9", 120)));
    }

    private Stream<Sample> circuits() {
        return Stream.of(
                new Sample("guard/permit-circuit", new GuardCommand.PermitCircuit(asker(), PAYMENTS, WAIT)),
                new Sample(
                        "guard/report-circuit",
                        new GuardCommand.ReportCircuit(asker(), PAYMENTS, "p-8", Outcome.SUCCESS, WAIT)),
                new Sample("guard/show-circuits", new GuardCommand.ShowCircuits(asker())),
                new Sample(
                        "guard/set-circuit-mode",
                        new GuardCommand.SetCircuitMode(asker(), PAYMENTS, CircuitMode.FORCED_OPEN, "incident 42")));
    }

    private Stream<Sample> policies() {
        return Stream.of(
                new Sample("guard/show-policy", new GuardCommand.ShowPolicy(asker())),
                new Sample(
                        "guard/put-policy", new GuardCommand.PutPolicy(asker(), policy(), new Precondition.Version(7))),
                new Sample(
                        "guard/put-policy-absent",
                        new GuardCommand.PutPolicy(asker(), TenantPolicy.DEFAULT, new Precondition.Absent())),
                new Sample("guard/delete-policy", new GuardCommand.DeletePolicy(asker(), new Precondition.Present())),
                new Sample("guard/restored", new GuardCommand.Restored(asker(), 7)));
    }

    private Stream<Sample> registry() {
        return Stream.of(
                new Sample(
                        "registry/put",
                        new ServiceRegistry.Command.Put(asker(), PAYMENTS, service(), new Precondition.None())),
                new Sample(
                        "registry/delete",
                        new ServiceRegistry.Command.Delete(asker(), PAYMENTS, new Precondition.Version(3))),
                new Sample("registry/show", new ServiceRegistry.Command.Show(asker())),
                new Sample("registry/changed", reply(new Services.Change.Changed(3, true))),
                new Sample("registry/precondition-failed", reply(new Services.Change.PreconditionFailed())),
                new Sample("registry/absent", reply(new Services.Change.Absent())),
                new Sample("registry/full", reply(new Services.Change.Full())),
                new Sample("registry/catalog", catalog()),
                new Sample("registry/catalog-empty", ServiceCatalog.EMPTY));
    }

    private static Stream<Sample> replies() {
        return Stream.of(admissions(), limitReplies(), circuitReplies(), policyReplies())
                .flatMap(samples -> samples);
    }

    private static Stream<Sample> admissions() {
        return Stream.of(
                new Sample(
                        "admission/admitted",
                        new Admission.Admitted("p-7", REPORTS, WAIT, IdempotencyPolicy.DEFAULT, true)),
                new Sample("admission/limited", new Admission.Limited(REPORTS, List.of(DAILY), WAIT, false)),
                new Sample("admission/circuit-open", new Admission.CircuitOpen(REPORTS, WAIT)),
                new Sample("admission/first-finished", new Admission.FirstFinished(REPORTS)),
                new Sample("admission/still-in-flight", new Admission.StillInFlight(List.of(), WAIT)),
                new Sample("admission/key-reused", new Admission.KeyReused()),
                new Sample("admission/suspended", new Admission.Suspended(TenantStatus.MAINTENANCE)),
                new Sample("admission/overloaded", new Admission.Overloaded(WAIT)),
                new Sample("admission/unknown-tenant", new Admission.UnknownTenant()));
    }

    private static Stream<Sample> limitReplies() {
        return Stream.of(
                new Sample(
                        "limit/decided",
                        new LimitReply.Decided(List.of(
                                new LimitReply.Result.Allowed(REPORT, WAIT),
                                new LimitReply.Result.Denied(REPORT, WAIT),
                                new LimitReply.Result.NoSuchLimit(PAYMENTS),
                                new LimitReply.Result.HeldNotSpent(DAILY)))),
                new Sample(
                        "limit/decided-advanced",
                        new LimitReply.Decided(List.of(new LimitReply.Result.Allowed(REPORT, Duration.ZERO)), 70)),
                new Sample("limit/reserved", new LimitReply.Reserved("r-9", AT, REPORT, WAIT)),
                new Sample("limit/refused", new LimitReply.Refused(REPORT, WAIT)),
                new Sample("limit/settled", new LimitReply.Settled(REPORT)),
                new Sample("limit/unknown-reservation", new LimitReply.UnknownReservation()),
                new Sample("limit/unknown-limit", new LimitReply.UnknownLimit(DAILY)),
                new Sample("limit/needs-reservation", new LimitReply.NeedsReservation(DAILY)),
                new Sample("limit/suspended", new LimitReply.Suspended(TenantStatus.QUARANTINED)),
                new Sample("limit/overloaded", new LimitReply.Overloaded(WAIT)),
                new Sample("limit/unknown-tenant", new LimitReply.UnknownTenant()));
    }

    private static Stream<Sample> circuitReplies() {
        CircuitReply.View view = new CircuitReply.View(
                PAYMENTS,
                CircuitMode.AUTO,
                CircuitState.OPEN,
                AT,
                Optional.of(WAIT),
                20,
                11,
                3,
                10,
                2,
                "10 failures in a row");
        return Stream.of(
                new Sample("circuit/permitted", new CircuitReply.Permitted("p-8", CircuitState.HALF_OPEN)),
                new Sample("circuit/open", new CircuitReply.Open(WAIT)),
                new Sample("circuit/done", new CircuitReply.Done()),
                new Sample("circuit/unknown-permit", new CircuitReply.UnknownPermit()),
                new Sample("circuit/shown", new CircuitReply.Shown(List.of(view))),
                new Sample("circuit/suspended", new CircuitReply.Suspended(TenantStatus.MAINTENANCE)),
                new Sample("circuit/overloaded", new CircuitReply.Overloaded(WAIT)),
                new Sample("circuit/unknown-tenant", new CircuitReply.UnknownTenant()));
    }

    private static Stream<Sample> policyReplies() {
        return Stream.of(
                new Sample("policy/shown", new PolicyReply.Shown(policy(), 7)),
                new Sample("policy/put", new PolicyReply.Put(8, true)),
                new Sample("policy/deleted", new PolicyReply.Deleted()),
                new Sample("policy/precondition-failed", new PolicyReply.PreconditionFailed()),
                new Sample("policy/unknown-tenant", new PolicyReply.UnknownTenant()));
    }

    private static ServiceRegistry.Reply reply(Services.Change change) {
        return new ServiceRegistry.Reply(change, catalog());
    }

    private static ServiceCatalog catalog() {
        return new ServiceCatalog(3, Map.of("payments", new Services.Versioned(PAYMENTS, 3, service())));
    }

    private static TenantPolicy policy() {
        LimitPolicy daily = new LimitPolicy(
                DAILY, Algorithm.SLIDING_WINDOW, 100_000, 100_000, Duration.ofDays(1), Durability.STRICT, Mode.SHADOW);
        return new TenantPolicy(
                List.of(daily),
                Map.of("*", List.of(DAILY)),
                CircuitPolicy.DEFAULT,
                new IdempotencyPolicy(Duration.ofDays(2), Duration.ofSeconds(20), WAIT),
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
}
