package io.bulwark.load.scenario;

import io.bulwark.load.drive.ClosedLoop;
import io.bulwark.load.drive.Measured;
import io.bulwark.load.drive.OpenLoop;
import io.bulwark.load.history.History;
import io.bulwark.load.node.ChildProcess;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.result.Result;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Holding;
import io.bulwark.load.service.Plan;
import io.bulwark.load.traffic.Traffic;
import io.bulwark.load.traffic.ZipfSampler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Very many guarded calls in flight at the same moment: the service answers none of them before the last has come, so
 * that what is counted as in flight really was.
 */
record Concurrency() implements Scenario {
    private static final int FEW = 150;
    /** After which the service answers those that have come, when some do not. */
    private static final Duration HELD_AT_MOST = Duration.ofSeconds(57);

    private static final Duration PATIENCE = Duration.ofSeconds(100);
    /** Each takes 4,096 calls at the same moment by default. */
    private static final int NODES = 3;

    private static final int WARM_UP_CONNECTIONS = 48;

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
                .and(Option.RATE, "400")
                .and(Option.WARM_UP, "15s")
                .and(Option.TENANTS, "64")
                .and(Option.SEED, "1");
    }

    @Override
    public Result run(Run run) {
        Account account = new Account(this, run);
        int many = run.options().positive(Option.CONNECTIONS);
        account.configured(
                "bulwark", run.given().map(Run.Given::toString).orElse(NODES + " nodes with their defaults"));
        try (Target target = Target.ofCluster(run, name(), NODES)) {
            target.putTenants(
                    run.options().positive(Option.TENANTS),
                    Target.CALM.substring(0, Target.CALM.length() - 1) + ",\"idempotency\":{\"lease\":\"PT3M\"}}");
            warmUp(run, target);
            held(account, run, target, "few", FEW);
            held(account, run, target, "many", many);
        }
        account.target("few.success == 100%");
        account.target("few.inFlight >= " + FEW);
        account.target("many.success == 100%");
        account.target("many.inFlight >= " + many);
        account.note(
                "The service answers no call before all have come (or " + HELD_AT_MOST + " have passed), so inFlight is"
                        + " how many it held at the same moment. The latencies are mostly that waiting.");
        account.note(
                "Every call is a socket from its caller and one to the service: the nodes share them, and the service"
                        + " is a process of its own, so that none of them needs more open files than the 20,000 that many systems"
                        + " allow.");
        return account.result();
    }

    /** Calls that are answered at once, so that those that count do not meet nodes that are cold. */
    private static void warmUp(Run run, Target target) {
        try (ExecutionCountingService service =
                ExecutionCountingService.start(Plan.always(new Behaviour.Answer(Traffic.DONE)), new History())) {
            register(target, "load-warm-up", service.address().toString(), WARM_UP_CONNECTIONS);
            Measured measured = ClosedLoop.run(
                    calls(run, target, "load-warm-up"),
                    WARM_UP_CONNECTIONS,
                    Duration.ZERO,
                    run.options().time(Option.WARM_UP));
            run.progress()
                    .accept("warm-up: " + Math.round(measured.perSecond()) + " calls/s, " + measured.failed()
                            + " failed");
        }
    }

    private static void register(Target target, String service, String address, int calls) {
        target.put(
                "services/" + service,
                "{\"targets\":[\"" + address + "\"],\"timeout\":\"PT2M\",\"connectTimeout\":\"PT10S\",\"maxInFlight\":"
                        + calls + "}");
    }

    private static void held(Account account, Run run, Target target, String subject, int calls) {
        try (ChildProcess service = holding(subject, calls)) {
            String name = "load-holding-" + subject;
            register(target, name, service.line(Holding.LISTENS).group(1), calls);
            Measured measured = send(run, target, name, calls);
            account.add(subject, measured, "calls");
            String held = service.line(Holding.HELD).group(1);
            account.add(subject, "inFlight", "calls", Double.parseDouble(held));
            account.add(
                    subject,
                    "success",
                    "%",
                    100.0 * (measured.calls() - measured.failed()) / Math.max(1, measured.calls()));
        }
    }

    private static ChildProcess holding(String subject, int calls) {
        return ChildProcess.start(
                "the service that holds " + calls,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holding.class.getName(),
                        Integer.toString(calls),
                        Long.toString(HELD_AT_MOST.toSeconds())),
                Scratch.empty("scenario-concurrency-" + subject).resolve("output.log"));
    }

    private static Measured send(Run run, Target target, String service, int calls) {
        int rate = Math.min(calls, run.options().positive(Option.RATE));
        Duration ramp = Duration.ofNanos(1_000_000_000L * calls / rate);
        return OpenLoop.run(calls(run, target, service), rate, calls, Duration.ZERO, ramp, run.live());
    }

    private static GuardedCalls calls(Run run, Target target, String service) {
        Traffic traffic = new Traffic(
                run.options().whole(Option.SEED), new ZipfSampler(run.options().positive(Option.TENANTS), 0), 0, 1);
        String id = Long.toString(run.clock().instant().toEpochMilli(), Character.MAX_RADIX);
        return new GuardedCalls(target, service, id, traffic) {
            @Override
            public Duration answerWithin() {
                return PATIENCE;
            }

            @Override
            public boolean isRight(int status) {
                return status == Traffic.DONE;
            }
        };
    }
}
