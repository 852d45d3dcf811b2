package io.bulwark.node.scaling.processes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulwark.cluster.ClusterMembers;
import io.bulwark.cluster.ClusterView;
import io.bulwark.cluster.ClusterView.Member;
import io.bulwark.cluster.ClusterView.Status;
import io.bulwark.cluster.Leaving;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.scaling.ScaleTarget.Order;
import io.bulwark.node.scaling.ScaleTarget.Size;
import io.bulwark.node.scaling.TargetTrouble;
import io.bulwark.node.scaling.TargetTrouble.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real processes that do nothing, in the place of nodes; who of them is a member, the case says. */
class ProcessesTargetTest {
    private static final int SLOTS = 4;
    private static final MemberAddress SEED = new MemberAddress("127.0.0.1", 25_520);

    private final int http = freeRange();
    private final int remote = http + 2 * SLOTS;
    private final ProcessesSettings settings = new ProcessesSettings(
            http, http + SLOTS, remote, SLOTS, Duration.ofMinutes(1), Path.of("target/never-written"));
    private final Map<Integer, Process> started = new LinkedHashMap<>();
    private final List<Member> members = new ArrayList<>();
    private final List<MemberAddress> told = new ArrayList<>();
    private final ProcessesTarget target = target();
    private Optional<String> refusal = Optional.empty();
    /** Where a node takes its time to end. */
    private OptionalInt drainsIn = OptionalInt.empty();

    private ProcessesTarget target() {
        return new ProcessesTarget(new CaseMembers(), settings, this::start);
    }

    private Process start(int slot) throws TargetTrouble {
        if (refusal.isPresent()) {
            throw new TargetTrouble(Kind.FAILED, refusal.get());
        }
        try {
            Process process = new ProcessBuilder(
                            "sh",
                            "-c",
                            (drainsIn.equals(OptionalInt.of(slot)) ? "trap '' TERM; " : "")
                                    + "echo ready; exec sleep 60")
                    .start();
            process.inputReader().readLine();
            started.put(slot, process);
            return process;
        } catch (IOException e) {
            throw new TargetTrouble(Kind.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private final class CaseMembers implements ClusterMembers {
        @Override
        public ClusterView view() {
            return new ClusterView("bulwark", SEED, Optional.of(SEED), List.copyOf(members), List.of());
        }

        @Override
        public CompletionStage<Leaving> leave(MemberAddress address) {
            told.add(address);
            return CompletableFuture.completedStage(new Leaving.Told());
        }
    }

    /** So many free ports in a row as the slots need. */
    private static int freeRange() {
        return IntStream.iterate(31_000, from -> from + 3 * SLOTS)
                .limit(200)
                .filter(from -> IntStream.range(from, from + 3 * SLOTS).allMatch(ProcessesTargetTest::isFree))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @BeforeEach
    void begin() {
        join(SEED, 9);
    }

    @AfterEach
    void end() {
        started.values().forEach(Process::destroyForcibly);
    }

    private MemberAddress in(int slot) {
        return new MemberAddress("127.0.0.1", remote + slot);
    }

    private void join(MemberAddress address, int guards) {
        boolean seed = address.equals(SEED);
        members.add(new Member(
                address, Status.UP, true, seed, "1", Optional.of(members.size() + 1), Optional.of(guards), seed));
    }

    private static Order order(int seen, int to) {
        return new Order(new Size(seen, ""), to, Optional.empty(), () -> true);
    }

    private Process process(int slot) {
        return Objects.requireNonNull(started.get(slot));
    }

    private List<Integer> running() {
        return started.entrySet().stream()
                .filter(entry -> entry.getValue().isAlive())
                .map(Map.Entry::getKey)
                .toList();
    }

    private void awaitRunning(Integer... slots) {
        await().untilAsserted(() -> assertThat(running()).containsExactly(slots));
    }

    @Test
    void more_areStartedInTheFirstFreeSlots() throws Exception {
        target.scale(order(1, 3));

        assertThat(started).containsOnlyKeys(0, 1);
        assertThat(target.size()).isEqualTo(new Size(1, ""));
    }

    @Test
    void more_besideAMemberAndAnotherProgram_useOtherSlots() throws Exception {
        join(in(0), 1);
        try (ServerSocket other = new ServerSocket(http + 1, 1, InetAddress.getLoopbackAddress())) {
            assertThat(other.isBound()).isTrue();
            target.scale(order(2, 3));
        }

        assertThat(started).containsOnlyKeys(2);
    }

    @Test
    void more_thanThereAreSlots_startsThoseThatFit_andSaysWhichSettingToRaise() {
        assertThatThrownBy(() -> target.scale(order(1, 7)))
                .hasMessageContaining("6 nodes are to be started and 4 of 4 slots are free")
                .hasMessageContaining("bulwark.scaling.processes.nodes-max");
        assertThat(started).containsOnlyKeys(0, 1, 2, 3);
    }

    @Test
    void more_whenItCannotStart_leavesTheSlotFree() throws Exception {
        refusal = Optional.of("no memory");
        assertThatThrownBy(() -> target.scale(order(1, 2))).hasMessageContaining("no memory");

        refusal = Optional.empty();
        target.scale(order(1, 2));

        assertThat(started).containsOnlyKeys(0);
    }

    @Test
    void more_orderedAgainWhileTheyAreStillStarting_startsOnlyWhatIsMissing() throws Exception {
        target.scale(order(1, 3));
        target.scale(order(1, 3));
        assertThat(running()).containsExactly(0, 1);

        process(0).destroyForcibly().waitFor();
        target.scale(order(1, 3));

        awaitRunning(0, 1);
    }

    @Test
    void order_ofAFormerCoordinator_isNotCarriedOut() {
        assertThatThrownBy(() -> target.scale(new Order(new Size(1, ""), 3, Optional.empty(), () -> false)))
                .hasMessageContaining("Another node is the coordinator");
        assertThat(started).isEmpty();
    }

    @Test
    void fewer_takesThoseFirstThatAreNoMembersYet() throws Exception {
        target.scale(order(1, 4));
        join(in(0), 0);

        target.scale(order(4, 3));

        awaitRunning(0, 2);
        assertThat(told).isEmpty();
    }

    @Test
    void fewer_takesTheMemberWithTheFewestGuards_andNotASecondOneWhileItDrains() throws Exception {
        drainsIn = OptionalInt.of(1);
        target.scale(order(1, 3));
        join(in(0), 5);
        join(in(1), 2);

        target.scale(order(3, 2));
        target.scale(order(3, 2));
        target.scale(order(3, 2));

        assertThat(process(0).waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(running()).containsExactly(0, 1);
    }

    @Test
    void fewer_endsTheProcessThatStartedHere() throws Exception {
        target.scale(order(1, 3));
        join(in(0), 2);
        join(in(1), 5);

        target.scale(order(3, 2));

        awaitRunning(1);
        assertThat(told).isEmpty();
    }

    @Test
    void fewer_ofThoseThatAnotherNodeStarted_areToldByMessage() throws Exception {
        join(in(0), 5);
        join(in(2), 2);

        target.scale(order(3, 2));

        assertThat(told).containsExactly(in(2));
    }

    @Test
    void fewer_thanWereStarted_leavesTheOthersAlone_andSaysSo() {
        join(new MemberAddress("127.0.0.1", 25_521), 0);

        assertThatThrownBy(() -> target.scale(order(2, 1)))
                .hasMessageContaining("only 0 of those that stay were started by scaling")
                .hasMessageContaining("127.0.0.1:25521");
        assertThat(told).isEmpty();
    }
}
