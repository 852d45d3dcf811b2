package io.bulwark.load.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.load.history.Call;
import io.bulwark.load.history.Ending.Meaning;
import io.bulwark.load.history.History;
import io.bulwark.load.node.Ports;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalancerTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void call_severalNodes_takesThemInTurn() {
        try (var one = start(new Behaviour.Answer(201));
                var two = start(new Behaviour.Answer(201));
                var balancer = new Balancer(List.of(client("one", one.address()), client("two", two.address())))) {
            assertThat(calls(balancer, 4)).extracting(Call::node).containsExactly("one", "two", "one", "two");
        }
    }

    @Test
    void call_connectionRefused_takesTheNextAndNobodyNotices() {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.free());
        try (var one = start(new Behaviour.Answer(201));
                var balancer = new Balancer(List.of(client("gone", nobody), client("one", one.address())))) {
            List<Call> calls = calls(balancer, 4);

            assertThat(calls).extracting(Call::node).containsOnly("one");
            assertThat(calls).extracting(Call::meaning).containsOnly(Meaning.RECORDED);
            assertThat(one.arrivals()).isEqualTo(4);
        }
    }

    @Test
    void call_toThoseReady_takesOneInWhenItSaysThatItIsAndOutWhenItDoesNot() {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Plan readiness = (request, key, earlier) -> new Behaviour.Answer(ready.isDone() ? 200 : 503);
        ExecutionCountingService young = ExecutionCountingService.start(readiness, new History());
        try (var old = start(new Behaviour.Answer(200));
                var balancer = Balancer.ofThoseReady(
                        List.of(client("old", old.address()), client("young", young.address())))) {
            try (young) {
                awaitTakers(balancer, Set.of("old"));
                ready.complete(null);
                awaitTakers(balancer, Set.of("old", "young"));
            }
            awaitTakers(balancer, Set.of("old"));
        }
    }

    private static void awaitTakers(Balancer balancer, Set<String> expected) {
        await().atMost(SOON)
                .until(() -> calls(balancer, 4).stream().map(Call::node).collect(Collectors.toSet()), expected::equals);
    }

    @Test
    void call_connectionThatBreaks_isAResultThatCounts() {
        try (var breaks = start(new Behaviour.CloseSilently());
                var good = start(new Behaviour.Answer(201));
                var balancer =
                        new Balancer(List.of(client("breaks", breaks.address()), client("good", good.address())))) {
            List<Call> calls = calls(balancer, 2);

            assertThat(calls).extracting(Call::meaning).containsExactly(Meaning.LOST, Meaning.RECORDED);
            assertThat(calls).extracting(Call::node).containsExactly("breaks", "good");
            assertThat(good.arrivals()).isEqualTo(1);
        }
    }

    @Test
    void call_noAnswerInTime_isLost() {
        try (var hangs = start(new Behaviour.Hang());
                var balancer =
                        new Balancer(List.of(new BulwarkClient("hangs", hangs::address, "", Duration.ofMillis(200))))) {
            assertThat(calls(balancer, 1)).extracting(Call::meaning).containsExactly(Meaning.LOST);
        }
    }

    @Test
    void call_nobodyTakesConnections_isLost() {
        URI nobody = URI.create("http://127.0.0.1:" + Ports.free());
        try (var balancer = new Balancer(List.of(client("gone", nobody)))) {
            assertThat(calls(balancer, 1)).extracting(Call::meaning).containsExactly(Meaning.LOST);
        }
    }

    private static List<Call> calls(Balancer balancer, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> balancer.call(0, "/charges", "k" + i, "{}"))
                .toList();
    }

    private static BulwarkClient client(String node, URI address) {
        return new BulwarkClient(node, () -> address, "", SOON);
    }

    private static ExecutionCountingService start(Behaviour behaviour) {
        return ExecutionCountingService.start(Plan.always(behaviour), new History());
    }
}
