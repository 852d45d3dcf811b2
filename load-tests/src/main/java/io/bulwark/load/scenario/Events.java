package io.bulwark.load.scenario;

import io.bulwark.load.drive.ClosedLoop;
import io.bulwark.load.drive.Measured;
import io.bulwark.load.drive.OpenLoop;
import io.bulwark.load.drive.Work;
import io.bulwark.load.result.Result;
import io.bulwark.load.traffic.ZipfSampler;
import java.time.Duration;

/** Events that are recorded once each: operations at a rate, claimed and completed. */
record Events() implements Scenario {
    private static final String BATCHED = "batched";
    private static final String SINGLE = "single";
    private static final int IN_FLIGHT = 64;

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
                .and(Option.BATCH, "50")
                .and(Option.CONNECTIONS, "64")
                .and(Option.TENANTS, "64")
                .and(Option.ZIPF, "1")
                .and(Option.SEED, "1");
    }

    @Override
    public Result run(Run run) {
        Account account = new Account(this, run);
        Options options = run.options();
        int batch = options.positive(Option.BATCH);
        try (Target target = Target.of(run, name(), Target.Tuning.NONE)) {
            target.putTenants(options.positive(Option.TENANTS), Target.CALM);
            if (batch > 1) {
                long warmUp = options.time(Option.WARM_UP).toMillis() * callsPerSecond(options) / 1000;
                OperationBatches batches = new OperationBatches(target, id(run, "b"), tenants(run), batch, warmUp);
                atRate(account, run, BATCHED, batches, batch);
                asManyAsCome(account, run, target);
            } else {
                atRate(account, run, SINGLE, calls(run, target, "r"), 1);
            }
        }
        judge(account, options);
        return account.result();
    }

    private static void atRate(Account account, Run run, String subject, Work work, int batch) {
        Options options = run.options();
        Measured measured = OpenLoop.run(
                work,
                callsPerSecond(options),
                options.positive(Option.CONNECTIONS),
                options.time(Option.WARM_UP),
                options.time(Option.DURATION),
                run.live());
        account.add(subject, measured, "operations", batch);
        account.series(subject, measured);
        if (work instanceof OperationBatches batches) {
            account.add(subject, "refused", "operations", (double) batches.refused());
        }
    }

    private static int callsPerSecond(Options options) {
        return Math.max(1, options.positive(Option.RATE) / options.positive(Option.BATCH));
    }

    /** Each operation by itself, as fast as they are answered. */
    private static void asManyAsCome(Account account, Run run, Target target) {
        Options options = run.options();
        Duration part = options.time(Option.DURATION).dividedBy(4);
        Measured measured = ClosedLoop.run(calls(run, target, "s"), IN_FLIGHT, part.dividedBy(3), part);
        account.add(SINGLE, measured, "operations");
    }

    private static OperationCalls calls(Run run, Target target, String phase) {
        return new OperationCalls(
                target, id(run, phase), tenants(run), run.options().whole(Option.SEED));
    }

    private static ZipfSampler tenants(Run run) {
        return new ZipfSampler(
                run.options().positive(Option.TENANTS), run.options().number(Option.ZIPF));
    }

    private static String id(Run run, String phase) {
        return Long.toString(run.clock().instant().toEpochMilli(), Character.MAX_RADIX) + phase;
    }

    private static void judge(Account account, Options options) {
        boolean batched = options.positive(Option.BATCH) > 1;
        account.target((batched ? BATCHED : SINGLE) + ".rate >= "
                + (long) Math.floor(0.99 * options.positive(Option.RATE)) + "/s");
        account.target("errors == 0");
        if (batched) {
            account.target("refused == 0");
            account.note(
                    BATCHED + ": requests that each claim as many operations of one tenant as --batch says, and then"
                            + " complete them with the tokens of the answer. Latencies and errors are those of whole batches,"
                            + " refused counts operations in them. With more connections a cold node is sent more at once than waits for"
                            + " its ledger (bulwark.ledger.queue-max), and refuses.");
        }
        account.note(
                SINGLE + ": a claim under a new key and its completion with the token of the claim, two requests after"
                        + " each other on one connection"
                        + (batched
                                ? "; a closed loop of " + IN_FLIGHT + " connections for a quarter of the time."
                                : "; an open loop."));
        account.note(
                "An operation's latency is that of claim and completion together, in an open loop from the moment for"
                        + " which it was meant. Both are committed with fsync before they are answered.");
    }
}
