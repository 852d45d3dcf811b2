package io.bulwark.load.scenario;

import io.bulwark.load.drive.Measured;
import io.bulwark.load.drive.OpenLoop;
import io.bulwark.load.history.History;
import io.bulwark.load.node.Programs;
import io.bulwark.load.result.Result;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.traffic.Traffic;
import io.bulwark.load.traffic.ZipfSampler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Very many guarded calls in flight at the same moment: the service answers none of them before the last has come, so
 * that what is counted as in flight really was.
 */
record Concurrency() implements Scenario {
    private static final int FEW = 150;
    /** After which the service answers those that have come, when some do not. */
    private static final Duration HELD_AT_MOST = Duration.ofSeconds(40);

    private static final Duration PATIENCE = Duration.ofSeconds(100);
    private static final int OPEN_FILES = 65_536;
    private static final List<String> RAISE = List.of("prlimit", "--nofile=" + OPEN_FILES + ":" + OPEN_FILES);

    @Override
    public String name() {
        return "concurrency";
    }

    @Override
    public String title() {
        return "Guarded calls in flight at the same moment: a hundred and fifty, and very many";
    }

    @Override
    public Options options() {
        return Options.none()
                .and(Option.CONNECTIONS, "10000")
                .and(Option.RATE, "1000")
                .and(Option.TENANTS, "64")
                .and(Option.SEED, "1");
    }

    @Override
    public Result run(Run run) {
        Account account = new Account(this, run);
        int many = run.options().positive(Option.CONNECTIONS);
        raiseOwnLimit();
        try (Target target = Target.of(run, name(), tuning(many))) {
            target.putTenants(
                    run.options().positive(Option.TENANTS),
                    Target.CALM.substring(0, Target.CALM.length() - 1) + ",\"idempotency\":{\"lease\":\"PT3M\"}}");
            held(account, run, target, "few", FEW);
            held(account, run, target, "many", many);
        }
        account.target("few.success == 100%");
        account.target("few.inFlight >= " + FEW);
        account.target("many.success == 100%");
        account.target("many.inFlight >= " + many);
        account.note(
                "The service answers no call before all have come (" + HELD_AT_MOST + " at most), so inFlight is how"
                        + " many it held at the same moment. The latencies are mostly that waiting. The node's bounds were raised for"
                        + " it: connections, calls at work, waiting operations, calls in flight of the service; and the number of"
                        + " open files of both processes to " + OPEN_FILES + ".");
        return account.result();
    }

    /** Twice the calls are sockets: from callers and to the service. */
    private static Target.Tuning tuning(int calls) {
        int bound = calls + 1000;
        return new Target.Tuning(
                Map.of(
                        "bulwark.http.connections-max", Integer.toString(bound),
                        "bulwark.http.calls-max", Integer.toString(bound),
                        "bulwark.http.idle-timeout", "120 s",
                        "bulwark.ledger.queue-max", Integer.toString(bound),
                        "bulwark.gateway.record-timeout", "30s"),
                RAISE,
                "-Xmx3g");
    }

    /** Of this process; whoever may not do that has the limit that the system gave. */
    private static void raiseOwnLimit() {
        Programs.complaint(RAISE.getFirst(), "--pid=" + ProcessHandle.current().pid(), RAISE.getLast());
    }

    private static void held(Account account, Run run, Target target, String subject, int calls) {
        AtomicLong arrived = new AtomicLong();
        CompletableFuture<Void> all = new CompletableFuture<>();
        ExecutionCountingService service = ExecutionCountingService.start(
                (request, key, earlier) -> {
                    if (arrived.incrementAndGet() == calls) {
                        all.complete(null);
                    }
                    return new Behaviour.After(all, new Behaviour.Answer(Traffic.DONE));
                },
                new History());
        try (service) {
            String name = "load-holding-" + subject;
            target.put(
                    "services/" + name,
                    "{\"targets\":[\"" + service.address() + "\"],\"timeout\":\"PT2M\",\"connectTimeout\":\"PT10S\","
                            + "\"maxInFlight\":" + calls + "}");
            all.completeOnTimeout(null, HELD_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
            CompletableFuture<Long> held = all.thenApply(none -> arrived.get());
            Measured measured = send(run, target, name, calls);
            account.add(subject, measured, "calls");
            account.add(subject, "inFlight", "calls", (double) held.join());
            account.add(
                    subject,
                    "success",
                    "%",
                    100.0 * (measured.calls() - measured.failed()) / Math.max(1, measured.calls()));
            account.add(subject, "duplicates", "calls", (double) Math.max(0, service.arrivals() - calls));
        }
    }

    private static Measured send(Run run, Target target, String service, int calls) {
        int rate = Math.min(calls, run.options().positive(Option.RATE));
        Traffic traffic = new Traffic(
                run.options().whole(Option.SEED), new ZipfSampler(run.options().positive(Option.TENANTS), 0), 0, 1);
        String id = Long.toString(run.clock().instant().toEpochMilli(), Character.MAX_RADIX);
        GuardedCalls work = new GuardedCalls(target, service, id, traffic) {
            @Override
            public Duration answerWithin() {
                return PATIENCE;
            }

            @Override
            public boolean isRight(int status) {
                return status == Traffic.DONE;
            }
        };
        Duration ramp = Duration.ofNanos(1_000_000_000L * calls / rate);
        return OpenLoop.run(work, rate, calls, Duration.ZERO, ramp, run.live());
    }
}
