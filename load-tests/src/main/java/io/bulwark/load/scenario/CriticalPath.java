package io.bulwark.load.scenario;

import io.bulwark.load.drive.ClosedLoop;
import io.bulwark.load.drive.Measured;
import io.bulwark.load.drive.OpenLoop;
import io.bulwark.load.history.History;
import io.bulwark.load.result.Result;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import io.bulwark.load.traffic.Traffic;
import io.bulwark.load.traffic.ZipfSampler;
import java.util.stream.LongStream;

/** A hundred critical calls one after the other, and then many at an even rate: guarded, keyed, some of them repeated. */
record CriticalPath() implements Scenario {
    private static final int CRITICAL_CALLS = 100;
    private static final String SERVICE = "load-payments";

    @Override
    public String name() {
        return "critical-path";
    }

    @Override
    public String title() {
        return "Critical calls, guarded and under keys: one by one, and at an even rate";
    }

    @Override
    public Options options() {
        return Options.none()
                .and(Option.RATE, "200")
                .and(Option.DURATION, "30s")
                .and(Option.WARM_UP, "10s")
                .and(Option.CONNECTIONS, "64")
                .and(Option.TENANTS, "64")
                .and(Option.ZIPF, "1")
                .and(Option.RETRIES, "0.125")
                .and(Option.KEYS, "1000")
                .and(Option.SEED, "1");
    }

    @Override
    public Result run(Run run) {
        Account account = new Account(this, run);
        Options options = run.options();
        Plan asAsked = (request, key, earlier) -> new Behaviour.Answer(
                request.header(GuardedCalls.PLAN).map(Integer::parseInt).orElse(Traffic.DONE));
        try (ExecutionCountingService service = ExecutionCountingService.start(asAsked, new History());
                Target target = Target.of(run, name(), Target.Tuning.NONE)) {
            target.putTenants(options.positive(Option.TENANTS), Target.CALM);
            target.put(
                    "services/" + SERVICE,
                    "{\"targets\":[\"" + service.address() + "\"],\"maxInFlight\":"
                            + options.positive(Option.CONNECTIONS) + "}");
            sustained(account, options, run, service, target);
        }
        judge(account);
        return account.result();
    }

    /** The load at an even rate comes first, so that the hundred calls do not meet a node that is cold. */
    private void sustained(Account account, Options options, Run run, ExecutionCountingService service, Target target) {
        GuardedCalls many = calls(run, target, "s");
        Measured sustained = OpenLoop.run(
                many,
                options.positive(Option.RATE),
                options.positive(Option.CONNECTIONS),
                options.time(Option.WARM_UP),
                options.time(Option.DURATION),
                run.live());
        account.add("sustained", sustained, "calls");
        account.series("sustained", sustained);
        evidence(account, "sustained", many, service);

        GuardedCalls few = calls(run, target, "c");
        account.add("critical", ClosedLoop.count(few, 1, CRITICAL_CALLS, second -> {}), "calls");
        evidence(account, "critical", few, service);
    }

    private static GuardedCalls calls(Run run, Target target, String phase) {
        Options options = run.options();
        Traffic traffic = new Traffic(
                options.whole(Option.SEED),
                new ZipfSampler(options.positive(Option.TENANTS), options.number(Option.ZIPF)),
                options.number(Option.RETRIES),
                options.positive(Option.KEYS));
        String id = Long.toString(run.clock().instant().toEpochMilli(), Character.MAX_RADIX) + phase;
        return new GuardedCalls(target, SERVICE, id, traffic);
    }

    private static void evidence(
            Account account, String subject, GuardedCalls calls, ExecutionCountingService service) {
        long twice = LongStream.range(0, calls.sent())
                .filter(number -> service.arrivals(calls.key(number)) > 1)
                .count();
        account.add(subject, "duplicates", "operations", (double) twice);
        account.add(subject, "mismatches", "calls", (double) calls.mismatches());
    }

    private static void judge(Account account) {
        account.target("p95 < 20ms");
        account.target("errors == 0");
        account.target("duplicates == 0");
        account.target("mismatches == 0");
        account.note("critical: " + CRITICAL_CALLS + " calls one after the other on one connection. sustained: an open"
                + " loop, latency from the moment for which a call was meant.");
        account.note("Of the calls that repeat none, 97 of 100 are to be answered 201, 2 with 422 and 1 with 500, all"
                + " recorded; mismatches are answers of another kind. Duplicates are keys that the service saw more than"
                + " once, in the warm-up too.");
    }
}
