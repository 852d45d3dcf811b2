package io.bulwark.load.scenario;

import io.bulwark.load.drive.Answer;
import io.bulwark.load.drive.ClosedLoop;
import io.bulwark.load.drive.Dialogue;
import io.bulwark.load.drive.Measured;
import io.bulwark.load.drive.Work;
import io.bulwark.load.result.Result;
import io.bulwark.load.traffic.Requests;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Very many tenants awake at the same time, each with two limits and a circuit in use: what each costs. */
record ManyTenants() implements Scenario {
    private static final String SERVICE = "load-payments";
    private static final List<String> LIMITS = List.of("requests", "daily");
    private static final String POLICY = """
            {"limits":[{"name":"requests","algorithm":"token-bucket","capacity":1000000,"refill":1000000,"per":"PT1S"},\
            {"name":"daily","algorithm":"sliding-window","capacity":1000000000,"per":"P1D"}]}""";
    private static final double MIB = 1024.0 * 1024.0;
    private static final Target.Tuning AWAKE =
            new Target.Tuning(Map.of("bulwark.guard.passivate-after", "4h"), "-Xmx6g");

    @Override
    public String name() {
        return "many-tenants";
    }

    @Override
    public String title() {
        return "Many tenants awake, each with two limits and one circuit in use";
    }

    @Override
    public Options options() {
        return Options.none()
                .and(Option.TENANTS, "100000")
                .and(Option.CONNECTIONS, "32")
                .and(Option.DURATION, "20s")
                .and(Option.WARM_UP, "5s");
    }

    @Override
    public Result run(Run run) {
        Account account = new Account(this, run);
        try (Target target = Target.of(run, name(), AWAKE)) {
            target.put("services/" + SERVICE, "{\"targets\":[\"http://127.0.0.1:9\"]}");
            int tenants = run.options().positive(Option.TENANTS);
            target.process().ifPresent(process -> account.add("node", "heapBefore", "MiB", heap(process)));
            counted(account, run, "creation", new Creation(target), tenants);
            counted(account, run, "limits", new HotTenant.Decisions(target, tenants, LIMITS), 2L * tenants);
            counted(account, run, "circuits", new Permits(target), tenants);
            target.process()
                    .ifPresentOrElse(
                            process -> cost(account, process, tenants),
                            () -> account.note(
                                    "The heap was not read, because the process of a given Bulwark is not known."));
            decide(account, run, target, tenants);
        }
        account.target("errors == 0");
        account.note("creation: PUT of a policy for each tenant. limits: one decision of each limit of each tenant."
                + " circuits: one permit of each tenant, reported as a success. awake: decisions over all tenants in turn,"
                + " a closed loop; so every call meets another guard. Guards do not go to sleep in this run"
                + " (bulwark.guard.passivate-after = 4h).");
        return account.result();
    }

    private static void counted(Account account, Run run, String subject, Work work, long calls) {
        Measured measured = ClosedLoop.count(work, run.options().positive(Option.CONNECTIONS), calls, run.live());
        account.add(subject, measured, "calls");
        account.series(subject, measured);
    }

    private static void decide(Account account, Run run, Target target, int tenants) {
        account.add(
                "awake",
                ClosedLoop.run(
                        new HotTenant.Decisions(target, tenants, LIMITS),
                        run.options().positive(Option.CONNECTIONS),
                        run.options().time(Option.WARM_UP),
                        run.options().time(Option.DURATION)),
                "decisions");
    }

    private static void cost(Account account, long process, int tenants) {
        double after = heap(process);
        account.add("node", "heap", "MiB", after);
        account.add("node", "heapPerTenant", "KiB", after * 1024 / tenants);
        account.note("heap is what a full collection left of the node's heap when all tenants were awake; heapBefore"
                + " when there was none. heapPerTenant divides the whole heap.");
    }

    private static double heap(long process) {
        return Heap.afterCollection(process) / MIB;
    }

    private record Creation(Target target) implements Work {
        @Override
        public List<InetSocketAddress> addresses() {
            return target.addresses();
        }

        @Override
        public byte[] request(long number) {
            return Requests.json("PUT", "/v1/tenants/" + Target.tenant((int) number), target.token(), "", POLICY);
        }

        @Override
        public boolean isRight(int status) {
            return status == 200 || status == 201 || status == 204;
        }
    }

    /** A permit and its report, two requests a call. */
    private record Permits(Target target) implements Dialogue {
        private static final Pattern PERMIT = Pattern.compile("\"permit\":\"([^\"]+)\"");

        @Override
        public List<InetSocketAddress> addresses() {
            return target.addresses();
        }

        @Override
        public byte[] request(long number) {
            return Requests.post(path(number) + "/permit", target.token(), "{}");
        }

        @Override
        public byte[] next(long number, int step, Answer answer) {
            if (step > 0) {
                return NOTHING_MORE;
            }
            String body = new String(answer.body(), 0, answer.length(), StandardCharsets.UTF_8);
            Matcher permit = PERMIT.matcher(body);
            if (!permit.find()) {
                throw new IllegalStateException("A permit was answered " + body + ": expected a member permit");
            }
            return Requests.post(
                    path(number) + "/report",
                    target.token(),
                    "{\"permit\":\"" + permit.group(1) + "\",\"outcome\":\"success\",\"took\":\"PT0.01S\"}");
        }

        @Override
        public boolean isRight(int status) {
            return status == 200 || status == 204;
        }

        private static String path(long number) {
            return "/v1/tenants/" + Target.tenant((int) number) + "/circuits/" + SERVICE;
        }
    }
}
