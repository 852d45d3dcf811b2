package io.bulwark.load.comparison;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.node.Wait;
import io.bulwark.load.result.Result;
import io.bulwark.load.rival.Fronts;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** How long a node takes from its launch on data of an earlier life until it is ready. */
record StartComparison(InstantSource clock, Consumer<String> progress) implements Comparison {
    @Override
    public String name() {
        return "start";
    }

    @Override
    public String title() {
        return "Time from launch until ready, on an initialised data directory";
    }

    @Override
    public Result run(Setting setting) {
        setting.enter();
        Findings findings = Findings.of(this, setting, clock);
        try (Cast cast = new Cast()) {
            BulwarkNode node = cast.keep(BulwarkNode.start("comparison-start/bulwark"));
            BulwarkClient client = cast.keep(new BulwarkClient(node::address, node.adminToken()));
            for (int round = 1; round <= setting.rounds(); round++) {
                findings.add("bulwark", "ready", "s", restarted(node, client));
                findings.add("akka", "ready", "s", floor());
                progress.accept(String.format(
                        Locale.ROOT,
                        "start %d: bulwark %.2f s, akka %.2f s",
                        round,
                        findings.latest("bulwark", "ready"),
                        findings.latest("akka", "ready")));
            }
        }
        findings.target("bulwark.ready < 4s");
        findings.note("bulwark: from the launch of bin/bulwark until GET /readyz answers 200, PostgreSQL's start"
                + " included, after the life before was stopped with SIGTERM.");
        findings.note("akka is the floor of the stack: a process of Akka HTTP that answers one thing, from its launch"
                + " until its port accepts; it is looked for every 50 ms.");
        return findings.result();
    }

    private static double restarted(BulwarkNode node, BulwarkClient client) {
        node.process().terminate();
        int status = node.process().exitStatus(BulwarkNode.PATIENCE);
        if (status != 0) {
            throw new IllegalStateException("The node ended with " + status + ": expected 0 after SIGTERM");
        }
        long start = System.nanoTime();
        node.restart();
        node.address();
        Wait.until("ready", BulwarkNode.PATIENCE, () -> client.get("/readyz").status() == 200, node::toString);
        return seconds(System.nanoTime() - start);
    }

    private static double floor() {
        long start = System.nanoTime();
        try (Fronts front = Fronts.start("comparison-start/akka", 1, List.of(), Fronts.constant())) {
            return front.addresses().isEmpty() ? 0 : seconds(System.nanoTime() - start);
        }
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
