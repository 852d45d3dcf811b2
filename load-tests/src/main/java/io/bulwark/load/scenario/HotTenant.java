package io.bulwark.load.scenario;

import io.bulwark.load.drive.ClosedLoop;
import io.bulwark.load.drive.Measured;
import io.bulwark.load.drive.Work;
import io.bulwark.load.result.Result;
import io.bulwark.load.traffic.Requests;
import io.bulwark.load.traffic.ZipfSampler;
import java.net.InetSocketAddress;
import java.util.List;

/** The same work on one tenant and spread over many: what it costs that a tenant has one owner. */
record HotTenant() implements Scenario {
    private static final String LIMIT = "requests";
    private static final String POLICY = "{\"limits\":[{\"name\":\"" + LIMIT + "\",\"algorithm\":\"token-bucket\","
            + "\"capacity\":1000000000,\"refill\":1000000000,\"per\":\"PT1S\"}]}";

    @Override
    public String name() {
        return "hot-tenant";
    }

    @Override
    public String title() {
        return "All calls on one tenant, against the same spread over many";
    }

    @Override
    public Options options() {
        return Options.none()
                .and(Option.ROUNDS, "3")
                .and(Option.DURATION, "8s")
                .and(Option.WARM_UP, "4s")
                .and(Option.CONNECTIONS, "64")
                .and(Option.TENANTS, "64");
    }

    @Override
    public Result run(Run run) {
        Account account = new Account(this, run);
        try (Target target = Target.of(run, name(), Target.Tuning.NONE)) {
            int tenants = run.options().positive(Option.TENANTS);
            target.putTenants(tenants, POLICY);
            warmUp(run, target, tenants);
            String id = Long.toString(run.clock().instant().toEpochMilli(), Character.MAX_RADIX);
            for (int round = 0; round < run.options().positive(Option.ROUNDS); round++) {
                pair(
                        account,
                        run,
                        "operations",
                        operations(target, id + "s" + round, tenants),
                        operations(target, id + "h" + round, 1));
                pair(account, run, "decisions", decisions(target, tenants), decisions(target, 1));
            }
        }
        account.target("operations.ratio >= 0.8");
        account.note(
                "A closed loop: every connection has one call on its way. The order is spread, hot, in every round; a"
                        + " ratio is that of a round. An operation is a claim and its completion, a decision one acquire of a"
                        + " limit that is never reached.");
        return account.result();
    }

    /** Everything once, unmeasured, so that what comes first does not meet a cold node. */
    private static void warmUp(Run run, Target target, int tenants) {
        String id = Long.toString(run.clock().instant().toEpochMilli(), Character.MAX_RADIX) + "w";
        List.of(operations(target, id + "s", tenants), operations(target, id + "h", 1), decisions(target, tenants))
                .forEach(work -> measure(run, work));
    }

    private static void pair(Account account, Run run, String what, Work spread, Work hot) {
        Measured all = measure(run, spread);
        account.add(what + "-spread", all, what);
        Measured one = measure(run, hot);
        account.add(what + "-hot", one, what);
        account.add(what, "ratio", "", one.perSecond() / Math.max(1, all.perSecond()));
    }

    private static Measured measure(Run run, Work work) {
        Options options = run.options();
        return ClosedLoop.run(
                work,
                options.positive(Option.CONNECTIONS),
                options.time(Option.WARM_UP),
                options.time(Option.DURATION));
    }

    private static Work operations(Target target, String id, int tenants) {
        return new OperationCalls(target, id, new ZipfSampler(tenants, 0), 1);
    }

    private static Work decisions(Target target, int tenants) {
        return new Decisions(target, tenants, List.of(LIMIT));
    }

    /** Acquires of the limits of tenants in turn: all limits of the first, then all of the second, and so on. */
    record Decisions(Target target, int tenants, List<String> limits) implements Work {
        Decisions {
            limits = List.copyOf(limits);
        }

        @Override
        public List<InetSocketAddress> addresses() {
            return target.addresses();
        }

        @Override
        public byte[] request(long number) {
            String limit = limits.get((int) (number % limits.size()));
            int tenant = (int) (number / limits.size() % tenants);
            return Requests.post(
                    "/v1/tenants/" + Target.tenant(tenant) + "/limits/" + limit + "/acquire",
                    target.token(),
                    "{\"cost\":1}");
        }

        @Override
        public boolean isRight(int status) {
            return status == 200;
        }
    }
}
