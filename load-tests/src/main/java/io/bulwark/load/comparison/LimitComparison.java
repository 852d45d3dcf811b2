package io.bulwark.load.comparison;

import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.result.Result;
import io.bulwark.load.rival.Fronts;
import io.bulwark.load.rival.Haproxy;
import io.bulwark.load.rival.Installed;
import io.bulwark.load.rival.Nginx;
import io.bulwark.load.rival.Peer;
import io.bulwark.load.rival.Quota;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;

/** One decision of a limit on one node, beside the gateways that keep theirs in their own memory. */
record LimitComparison(InstantSource clock, Consumer<String> progress) implements Comparison {
    private static final int CONNECTIONS = 32;
    private static final int BATCH = 100;
    private static final Quota AMPLE = Quota.ample();
    /** As much at once as comes back in a second, which is the only bucket that HAProxy's rate can stand for. */
    private static final Quota LOW = new Quota("low", 1_000, 1_000);

    private static final List<Quota> QUOTAS = List.of(AMPLE, LOW);

    @Override
    public String name() {
        return "limit";
    }

    @Override
    public String title() {
        return "A limit decision on one node";
    }

    @Override
    public Result run(Setting setting) {
        setting.enter();
        Findings findings = Findings.of(this, setting, clock);
        try (Cast cast = new Cast()) {
            Bulwarks bulwark = cast.keep(Bulwarks.of(BulwarkNode.start("comparison-limit/bulwark")));
            bulwark.putTenants("{\"limits\":[" + AMPLE.policy() + "," + LOW.policy() + "]}");
            SequencedMap<String, Peer> deciding = gateways(findings, cast);
            deciding.putFirst("bulwark", bulwark);
            Peer akka = cast.keep(Fronts.start("comparison-limit/akka", 1, List.of(), Fronts.constant()));
            Rounds rounds = new Rounds(findings, setting, CONNECTIONS, progress);
            rounds.run("decisions", subjects(bulwark, deciding, akka));
            deciding.forEach((name, peer) -> overAdmission(name, peer, bulwark.token(), rounds, setting, findings));
        }
        targets(findings);
        notes(findings);
        return findings.result();
    }

    private static SequencedMap<String, Peer> gateways(Findings findings, Cast cast) {
        SequencedMap<String, Peer> all = new LinkedHashMap<>();
        int cores = Runtime.getRuntime().availableProcessors();
        if (Installed.program("nginx").isPresent()) {
            all.put("nginx", cast.keep(Nginx.start("comparison-limit/nginx", cores, QUOTAS)));
            all.put("nginx-1", cast.keep(Nginx.start("comparison-limit/nginx-1", 1, QUOTAS)));
        } else {
            findings.note(Installed.absence("nginx"));
        }
        if (Installed.program("haproxy").isPresent()) {
            all.put("haproxy", cast.keep(Haproxy.start("comparison-limit/haproxy", cores, QUOTAS)));
        } else {
            findings.note(Installed.absence("haproxy"));
        }
        return all;
    }

    private static List<Subject> subjects(Bulwarks bulwark, Map<String, Peer> deciding, Peer akka) {
        List<byte[]> single = Requests.acquires(AMPLE.name(), bulwark.token());
        List<byte[]> batches = Requests.batches(AMPLE.name(), BATCH, bulwark.token());
        List<Subject> subjects = new ArrayList<>();
        deciding.forEach((name, peer) -> subjects.add(new Subject(name, work(peer, single))));
        subjects.add(1, new Subject("bulwark-batch", () -> work(bulwark, batches), BATCH));
        subjects.add(2, new Subject("akka", work(akka, single)));
        return subjects;
    }

    private static Prepared work(Peer peer, List<byte[]> requests) {
        return new Prepared(peer.addresses(), requests, Set.of(200));
    }

    private void overAdmission(
            String name, Peer peer, String token, Rounds rounds, Setting setting, Findings findings) {
        List<byte[]> one = Requests.acquires(LOW.name(), token).subList(0, 1);
        Subject subject = new Subject(name, new Prepared(peer.addresses(), one, Set.of(200, 429)));
        Rounds.Admitted admitted = rounds.admitted(subject, setting.round());
        findings.count(name, "overAdmitted", "calls", LOW.overAdmitted(admitted.calls(), admitted.took()));
        findings.add(name, "admittedShare", "%", 100.0 * admitted.calls() / LOW.admissible(admitted.took()));
        progress.accept(name + ": " + admitted + " of " + LOW.admissible(admitted.took()) + " that may be");
    }

    private static void targets(Findings findings) {
        findings.target("bulwark.rate >= 0.85 * akka.rate");
        findings.target("bulwark-batch.rate >= 10 * bulwark.rate");
        findings.target("bulwark.overAdmitted == 0");
    }

    private static void notes(Findings findings) {
        findings.note("akka is the ceiling of the stack: one process of Akka HTTP 10.5.3 with bindSync, the same JVM"
                + " options as a node, and a prepared answer of the same length with the same headers; it decides"
                + " nothing and checks no token.");
        findings.note("All get the same requests, Authorization included, spread over " + Requests.TENANTS
                + " tenants; Bulwark alone checks the token's signature and what it may do.");
        findings.note("No subject is pinned; all share the machine's cores with the client, one thread of this harness."
                + " nginx-1 has one worker, nginx and haproxy as many workers or threads as there are cores, and the"
                + " JVMs as many as they please.");
        findings.note("The client's own ceiling bounds the fastest: nginx and HAProxy could serve more than one client"
                + " thread asks for.");
        findings.note("overAdmitted: one limit of 1,000 with 1,000 back a second, asked for without pause during one"
                + " round; what was admitted beyond capacity + refill × time. HAProxy has no bucket: it is told to admit"
                + " 1,000 in the last second. admittedShare below 100 % is what was refused though it was due.");
    }
}
