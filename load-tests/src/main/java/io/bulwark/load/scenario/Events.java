package io.bulwark.load.scenario;

import io.bulwark.load.drive.Measured;
import io.bulwark.load.drive.OpenLoop;
import io.bulwark.load.result.Result;
import io.bulwark.load.traffic.ZipfSampler;

/** Events that are recorded once each: operations at a rate, claimed and completed. */
record Events() implements Scenario {
    @Override
    public String name() {
        return "events";
    }

    @Override
    public String title() {
        return "Events recorded once each: operations claimed and completed at a rate";
    }

    @Override
    public Options options() {
        return Options.none()
                .and(Option.RATE, "10000")
                .and(Option.DURATION, "2m")
                .and(Option.WARM_UP, "20s")
                .and(Option.CONNECTIONS, "256")
                .and(Option.TENANTS, "64")
                .and(Option.ZIPF, "1")
                .and(Option.SEED, "1");
    }

    @Override
    public Result run(Run run) {
        Account account = new Account(this, run);
        Options options = run.options();
        try (Target target = Target.of(run, name(), Target.Tuning.NONE)) {
            target.putTenants(options.positive(Option.TENANTS), Target.CALM);
            OperationCalls calls = new OperationCalls(
                    target,
                    Long.toString(run.clock().instant().toEpochMilli(), Character.MAX_RADIX),
                    new ZipfSampler(options.positive(Option.TENANTS), options.number(Option.ZIPF)),
                    options.whole(Option.SEED));
            Measured measured = OpenLoop.run(
                    calls,
                    options.positive(Option.RATE),
                    options.positive(Option.CONNECTIONS),
                    options.time(Option.WARM_UP),
                    options.time(Option.DURATION),
                    run.live());
            account.add("operations", measured, "operations");
            account.series("operations", measured);
        }
        account.target("rate >= " + Math.floor(0.99 * options.positive(Option.RATE)) + "/s");
        account.target("errors == 0");
        account.note(
                "An operation is a claim under a new key and its completion with the token of the claim, two requests"
                        + " after each other on one connection; its latency is that of both, from the moment for which it was"
                        + " meant. Both are committed with fsync before they are answered.");
        return account.result();
    }
}
