package io.bulwark.load.comparison;

import io.bulwark.load.drive.ClosedLoop;
import io.bulwark.load.drive.Measured;
import io.bulwark.load.drive.OpenLoop;
import io.bulwark.load.drive.Work;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.result.Result;
import io.bulwark.load.rival.Fronts;
import io.bulwark.load.rival.Peer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** What a guarded call takes longer than the same call made directly, at half of the load that Bulwark can bear. */
record OverheadComparison(InstantSource clock, Consumer<String> progress) implements Comparison {
    private static final int CONNECTIONS = 32;
    private static final int CONNECTIONS_MAX = 256;
    private static final String SERVICE = "ledger";
    /** Later than that a call waits for a queue, not for a pause. */
    private static final double GROWN_MILLIS = 500;

    private static final int STEPS_MAX = 20;
    private static final Duration COMPILING = Duration.ofSeconds(40);

    /** One way to call: directly and through Bulwark. */
    private record Way(String name, Work direct, Work guarded) {}

    /** Calls that are all different by their key. */
    private record Calls(List<InetSocketAddress> addresses, String token, boolean keyed, String run) implements Work {
        @Override
        public byte[] request(long number) {
            String path = "/t/" + Requests.tenant(number) + "/" + SERVICE + "/entries";
            return keyed
                    ? Requests.post(path, token, "{\"amount\":100}", "Idempotency-Key: \"" + run + number + "\"\r\n")
                    : Requests.get(path, token);
        }

        @Override
        public boolean isRight(int status) {
            return status == 200;
        }
    }

    @Override
    public String name() {
        return "overhead";
    }

    @Override
    public String title() {
        return "Latency that a guarded call adds, at half load";
    }

    @Override
    public Result run(Setting setting) {
        setting.enter();
        Findings findings = Findings.of(this, setting, clock);
        try (Cast cast = new Cast()) {
            Peer service = cast.keep(Fronts.start("comparison-overhead/service", 1, List.of(), Fronts.constant()));
            Bulwarks bulwark = cast.keep(Bulwarks.of(BulwarkNode.start("comparison-overhead/bulwark")));
            InetSocketAddress target = service.addresses().getFirst();
            bulwark.put(
                    "services/" + SERVICE,
                    "{\"targets\":[\"http://127.0.0.1:" + target.getPort() + "\"],\"maxInFlight\":2048}");
            bulwark.putTenants("{}");
            for (boolean keyed : new boolean[] {false, true}) {
                measure(setting, findings, service, bulwark, keyed);
            }
        }
        targets(findings);
        return findings.result();
    }

    private void measure(Setting setting, Findings findings, Peer service, Bulwarks bulwark, boolean keyed) {
        String name = keyed ? "keyed" : "unkeyed";
        Measured closed = ClosedLoop.run(
                new Calls(bulwark.addresses(), bulwark.token(), keyed, "full-"),
                CONNECTIONS,
                COMPILING,
                setting.round());
        findings.add(name, "closedLoop", "calls/s", closed.perSecond());
        int borne = borne(setting, bulwark, keyed, (int) closed.perSecond());
        int half = Math.max(1, borne / 2);
        findings.add(name, "borne", "calls/s", borne);
        findings.add(name, "halfRate", "calls/s", half);
        for (int round = 1; round <= setting.rounds(); round++) {
            Way way = new Way(
                    name,
                    new Calls(service.addresses(), bulwark.token(), keyed, "direct-" + round + "-"),
                    new Calls(bulwark.addresses(), bulwark.token(), keyed, "guarded-" + round + "-"));
            round(setting, findings, way, half);
        }
    }

    /**
     * The highest rate of calls that do not wait for each other at which no queue grows: one in ten less than the closed
     * loop's until it is found. In a closed loop calls come together, and a call that comes with others costs less.
     */
    private int borne(Setting setting, Bulwarks bulwark, boolean keyed, int from) {
        int rate = from;
        for (int step = 0; step < STEPS_MAX; step++) {
            Measured seen =
                    open(setting, new Calls(bulwark.addresses(), bulwark.token(), keyed, "borne-" + step + "-"), rate);
            progress.accept(
                    String.format(Locale.ROOT, "%d/s: %,.0f/s, p99 %.0f ms", rate, seen.perSecond(), seen.millis(99)));
            if (seen.failed() == 0 && seen.perSecond() > 0.98 * rate && seen.millis(99) < GROWN_MILLIS) {
                return rate;
            }
            rate = Math.max(1, rate * 9 / 10);
        }
        return rate;
    }

    private void round(Setting setting, Findings findings, Way way, int rate) {
        Measured direct = open(setting, way.direct(), rate);
        Measured guarded = open(setting, way.guarded(), rate);
        findings.add(way.name(), "p50", "ms", guarded.millis(50));
        findings.add(way.name(), "p99", "ms", guarded.millis(99));
        findings.count(way.name(), "errors", "calls", guarded.failed());
        findings.add(way.name() + "-direct", "p50", "ms", direct.millis(50));
        findings.add(way.name() + "-direct", "p99", "ms", direct.millis(99));
        findings.count(way.name() + "-direct", "errors", "calls", direct.failed());
        findings.add(way.name(), "addedP50", "ms", guarded.millis(50) - direct.millis(50));
        findings.add(way.name(), "addedP99", "ms", guarded.millis(99) - direct.millis(99));
        progress.accept(String.format(
                Locale.ROOT,
                "%s at %d/s: direct p50 %.2f p99 %.2f ms, guarded p50 %.2f p99 %.2f ms, %d failed %s",
                way.name(),
                rate,
                direct.millis(50),
                direct.millis(99),
                guarded.millis(50),
                guarded.millis(99),
                guarded.failed(),
                guarded.failed() > 0 ? guarded.statuses() : ""));
    }

    private static Measured open(Setting setting, Work work, int rate) {
        return OpenLoop.run(work, rate, CONNECTIONS_MAX, setting.warmUp(), setting.round(), second -> {});
    }

    private static void targets(Findings findings) {
        findings.configured("load", "open loop at half of the rate that an open loop bears");
        for (String name : List.of("unkeyed", "keyed")) {
            findings.target(name + ".addedP50 < 1.5ms");
            findings.target(name + ".addedP99 < 10ms");
        }
        findings.note("The service is one process of Akka HTTP with a prepared answer; directly and through Bulwark it"
                + " gets the same requests at the same rate. Latency counts from the moment at which a call was meant"
                + " to be sent. addedP50 and addedP99 are differences of percentiles, round by round.");
        findings.note("keyed: POST under a fresh Idempotency-Key, claimed and recorded in the node's own PostgreSQL"
                + " (fsync on). unkeyed: GET, under the tenant's circuit, nothing recorded. Spread over "
                + Requests.TENANTS + " tenants with a policy of {}.");
        findings.note(
                "borne: the highest rate of an open loop, going down in steps of a tenth from what a closed loop with "
                        + CONNECTIONS + " connections reaches, at which all calls end and 99 of 100 within "
                        + (int) GROWN_MILLIS
                        + " ms.");
        findings.note("Each kind of call is made in a closed loop for " + COMPILING.toSeconds()
                + " s first: as long as a JVM compiles, it is the compilers that the slowest calls wait for.");
        findings.note("Client, service, node and PostgreSQL share the machine's cores.");
    }
}
