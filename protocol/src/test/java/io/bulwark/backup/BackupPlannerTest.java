package io.bulwark.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.backup.BackupPlanner.Asked;
import io.bulwark.backup.BackupPlanner.Candidate;
import io.bulwark.backup.BackupPlanner.Order;
import io.bulwark.backup.BackupPlanner.Seen;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.grammar.Name;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the backup coordinator decides, story by story. */
class BackupPlannerTest {
    private static final Instant START = Instant.parse("2026-11-27T00:00:00Z");
    private static final BackupTask FULL = BackupTask.Take.of(BackupKind.FULL, "");

    private BackupState state = BackupState.EMPTY;
    private Instant now = START;
    private List<Candidate> candidates = List.of(node(1, 0.5), node(2, 0.1), node(3, 0.9));
    private Map<Long, Instant> heard = Map.of();

    private static MemberAddress address(int node) {
        return new MemberAddress("127.0.0." + node, 25_520);
    }

    private static Candidate node(int node, double load) {
        return new Candidate(address(node), load);
    }

    private void policy(String schedules) {
        List<BackupSchedule> parsed = Arrays.stream(schedules.split(";"))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(BackupPlannerTest::schedule)
                .toList();
        BackupPolicy without =
                new BackupPolicy(parsed, Retention.DEFAULT, Objectives.DEFAULT, ArchiveMode.ASYNCHRONOUS, 0, false);
        state = state.apply(new BackupEvent.PolicyPut(state.version() + 1, without, now));
    }

    /** {@code name run cron [zone]}. */
    private static BackupSchedule schedule(String text) {
        String[] words = text.split(" ");
        return new BackupSchedule(
                new Name(words[0]),
                BackupSchedule.Work.valueOf(words[1]),
                String.join(" ", Arrays.copyOfRange(words, 2, 7)),
                words.length > 7 ? words[7] : "UTC");
    }

    private <V> V does(Step<BackupEvent, V> step) {
        for (BackupEvent event : step.events()) {
            state = state.apply(event);
        }
        return step.verdict();
    }

    private Optional<Order> look() {
        return does(BackupPlanner.look(state, new Seen(candidates, heard), now));
    }

    private Optional<Order> lookAt(String time) {
        now = Instant.parse(time);
        return look();
    }

    private long ask(BackupTask task) {
        return switch (does(BackupPlanner.ask(state, task, "the case", now))) {
            case Asked.Accepted(long number) -> number;
            case Asked.Full(int waiting) -> -waiting;
        };
    }

    private boolean ended(Order order, RunOutcome outcome) {
        return does(BackupPlanner.ended(state, order.number(), order.attempt(), outcome, now));
    }

    private static RunOutcome fine() {
        return new RunOutcome.Succeeded("20261127T000000Z-full", Optional.empty());
    }

    private BackupRun run(long number) {
        return state.run(number).orElseThrow();
    }

    private List<String> tasks() {
        return state.runs().stream()
                .map(run -> switch (run.task()) {
                    case BackupTask.Take take -> take.kind() + " " + take.label();
                    case BackupTask.Verify _, BackupTask.VerifyAll _ -> "verify";
                    case BackupTask.Delete _ -> "delete";
                    case BackupTask.Prune _ -> "prune";
                    case BackupTask.Drill _ -> "drill";
                })
                .toList();
    }

    @Test
    void aRun_isGivenToTheNodeWithTheMostSlack_oneAtATime() {
        policy("");
        ask(FULL);
        ask(FULL);

        Order first = look().orElseThrow();
        assertThat(first.node()).isEqualTo(address(2));
        assertThat(look()).as("while that one is worked on").isEmpty();
        assertThat(ended(first, fine())).isTrue();
        assertThat(look().map(Order::number)).hasValue(2L);
        assertThat(run(1).state()).isEqualTo(BackupRun.State.DONE);
        assertThat(run(1).result()).hasValue("20261127T000000Z-full");
    }

    @Test
    void withoutANode_runsWait() {
        policy("");
        ask(FULL);
        candidates = List.of();

        assertThat(look()).isEmpty();
        candidates = List.of(node(3, 0.9));
        assertThat(look().map(Order::node)).hasValue(address(3));
    }

    @Test
    void afterABackup_whatIsNotKeptGoes_onceForThoseThatWait() {
        policy("");
        ask(FULL);
        ask(FULL);
        ended(look().orElseThrow(), fine());
        ended(look().orElseThrow(), fine());

        assertThat(tasks()).containsExactly("FULL ", "FULL ", "prune");
        assertThat(state.lastBackup()).hasValue(now);
    }

    @Test
    void aNodeThatIsNotHeard_losesItsRun_whichGoesToAnother() {
        policy("");
        ask(FULL);
        Order first = look().orElseThrow();
        heard = Map.of(1L, now);
        now = now.plus(BackupPlanner.PATIENCE);
        assertThat(look()).as("heard just as long ago as may be").isEmpty();
        assertThat(run(1).state()).isEqualTo(BackupRun.State.RUNNING);

        now = now.plusSeconds(1);
        assertThat(look()).as("it pauses before it is tried again").isEmpty();
        assertThat(run(1).state()).isEqualTo(BackupRun.State.WAITING);
        now = run(1).notBefore().orElseThrow();
        Order second = look().orElseThrow();
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.node())
                .as("not where it was lost, though there is most slack")
                .isEqualTo(address(1));
        assertThat(ended(first, fine()))
                .as("what the lost node says later does not count")
                .isFalse();
        assertThat(run(1).state()).isEqualTo(BackupRun.State.RUNNING);
    }

    @Test
    void whatFails_isTriedThreeTimes_withLongerPauses() {
        policy("");
        ask(FULL);
        for (int attempt = 1; attempt <= 3; attempt++) {
            Order order = look().orElseThrow();
            assertThat(order.attempt()).isEqualTo(attempt);
            ended(order, new RunOutcome.Broke("no " + attempt, true));
            Optional<Instant> again = run(1).notBefore();
            assertThat(again.map(at -> Duration.between(now, at)))
                    .isEqualTo(attempt == 3 ? Optional.empty() : Optional.of(Duration.ofSeconds(10L * attempt)));
            now = again.orElse(now);
        }
        assertThat(run(1).state()).isEqualTo(BackupRun.State.FAILED);
        assertThat(run(1).problem()).hasValue("no 3");
        assertThat(look()).isEmpty();
    }

    @Test
    void whatNoTryMends_isNotTriedAgain() {
        policy("");
        ask(FULL);
        ended(look().orElseThrow(), new RunOutcome.Broke("the key is wrong", false));

        assertThat(run(1).state()).isEqualTo(BackupRun.State.FAILED);
    }

    @Test
    void tooManyThatWait_areRefused() {
        policy("");
        IntStream.range(0, BackupPlanner.WAITING_MAX).forEach(_ -> ask(FULL));

        assertThat(ask(FULL)).isEqualTo(-BackupPlanner.WAITING_MAX);
        assertThat(state.unfinished()).hasSize(BackupPlanner.WAITING_MAX);
    }

    @Test
    void whatIsTakenBack_isOver_andWhatComesOfItDoesNotCount() {
        policy("");
        ask(FULL);
        Order order = look().orElseThrow();

        assertThat(does(BackupPlanner.cancel(state, 1, "a mistake", now))).isTrue();
        assertThat(run(1).state()).isEqualTo(BackupRun.State.CANCELLED);
        assertThat(ended(order, fine())).isFalse();
        assertThat(does(BackupPlanner.cancel(state, 1, "again", now))).isFalse();
        assertThat(does(BackupPlanner.cancel(state, 7, "none", now))).isFalse();
    }

    @Test
    void aSchedule_firesOnce_atItsTime() {
        policy("nightly INCREMENTAL 15 2 * * *");
        lookAt("2026-11-27T02:14:59Z");
        assertThat(tasks()).isEmpty();
        lookAt("2026-11-27T02:15:00Z");
        lookAt("2026-11-27T02:15:02Z");
        assertThat(tasks()).containsExactly("INCREMENTAL nightly");
        ended(new Order(1, 1, FULL, address(2)), fine());
        lookAt("2026-11-28T02:15:01Z");
        assertThat(tasks()).containsExactly("INCREMENTAL nightly", "prune", "INCREMENTAL nightly");
    }

    @Test
    void aNewPolicy_doesNotFireForTimesBeforeIt() {
        now = Instant.parse("2026-11-27T02:15:30Z");
        policy("nightly FULL 15 2 * * *");

        look();
        assertThat(tasks()).isEmpty();
    }

    @ParameterizedTest(name = "back after {0}: {1}")
    @CsvSource({"PT1H, 1", "PT23H, 1", "P3D, 1", "P1DT2H, 0"})
    void aTimeWithoutACoordinator_isMadeUpForOnce_unlessItIsLongAgo(Duration away, int runs) {
        policy("weekly FULL 0 1 * * 5");
        lookAt("2026-11-27T00:59:00Z");
        now = Instant.parse("2026-11-27T01:00:00Z").plus(away);
        if (away.toDays() == 3) {
            policy("daily FULL 0 1 * * *");
            now = now.plus(away);
        }
        look();
        look();

        assertThat(tasks()).hasSize(runs);
    }

    @Test
    void ofSeveralBackupsAtOneTime_theOneThatHoldsTheMostIsTaken_andADrillBesides() {
        policy(
                "hourly INCREMENTAL 0 * * * *; nightly DIFFERENTIAL 0 2 * * *; weekly FULL 0 2 * * 5; d DRILL 0 2 * * *");
        lookAt("2026-11-27T01:30:00Z");
        state.unfinished().forEach(run -> does(BackupPlanner.cancel(state, run.number(), "", now)));
        lookAt("2026-11-27T02:00:00Z");

        assertThat(tasks().subList(1, tasks().size())).containsExactly("FULL weekly", "drill");
    }

    @Test
    void whatAlreadyWaits_isNotQueuedTwice() {
        policy("quarterly INCREMENTAL */15 * * * *; d DRILL */15 * * * *");
        candidates = List.of();
        for (int i = 1; i < 10; i++) {
            now = START.plus(Duration.ofMinutes(15L * i));
            look();
        }

        assertThat(tasks()).containsExactly("INCREMENTAL quarterly", "drill");
    }

    @Test
    void aPause_passesSchedulesOver_andNothingElse() {
        policy("nightly FULL 15 2 * * *");
        BackupPolicy paused = new BackupPolicy(
                state.policy().schedules(), Retention.DEFAULT, Objectives.DEFAULT, ArchiveMode.OFF, 0, true);
        state = state.apply(new BackupEvent.PolicyPut(2, paused, now));
        lookAt("2026-11-27T02:15:00Z");
        assertThat(tasks()).isEmpty();
        ask(FULL);
        ended(look().orElseThrow(), fine());
        assertThat(tasks()).as("nothing is pruned").containsExactly("FULL ");
    }

    @Test
    void clocksThatArePutBack_fireATimeOnce() {
        now = Instant.parse("2026-10-24T12:00:00Z");
        policy("nightly FULL 30 2 * * * Europe/Vienna");
        for (int minute = 0; minute < 24 * 60; minute++) {
            now = now.plusSeconds(60);
            look().ifPresent(order -> ended(order, fine()));
        }

        assertThat(tasks()).containsExactly("FULL nightly", "prune");
    }

    @Test
    void clocksThatArePutForward_fireALeftOutTimeLater() {
        now = Instant.parse("2026-03-28T12:00:00Z");
        policy("nightly FULL 30 2 * * * Europe/Vienna");
        lookAt("2026-03-29T01:29:00Z");
        assertThat(tasks()).isEmpty();
        lookAt("2026-03-29T01:30:00Z");
        assertThat(tasks()).containsExactly("FULL nightly");
    }

    @Test
    void aClockThatJumps_firesNothingTwice() {
        policy("hourly INCREMENTAL 0 * * * *");
        lookAt("2026-11-27T03:00:00Z").ifPresent(order -> ended(order, fine()));
        lookAt("2026-11-27T01:00:00Z");
        lookAt("2026-11-27T03:00:00Z");
        assertThat(tasks()).containsExactly("INCREMENTAL hourly", "prune");
        lookAt("2026-11-27T04:00:00Z");
        assertThat(tasks()).hasSize(3);
    }

    @Test
    void aDrill_leavesWhatItMeasured() {
        policy("");
        ask(new BackupTask.Drill());
        Measured measured = new Measured(now, true, Optional.of(Duration.ofSeconds(40)));
        ended(look().orElseThrow(), new RunOutcome.Succeeded("passed", Optional.of(measured)));

        assertThat(state.lastDrill()).hasValue(measured);
        assertThat(state.lastPassed()).hasValue(now);
    }

    @Test
    void aDrillThatFindsSomethingWrong_failed_andIsRemembered() {
        policy("");
        long number = ask(new BackupTask.Drill());
        Measured measured = new Measured(now, false, Optional.empty());
        ended(look().orElseThrow(), new RunOutcome.Broke("a page is damaged", false, Optional.of(measured)));

        assertThat(run(number).state()).isEqualTo(BackupRun.State.FAILED);
        assertThat(state.lastDrill()).hasValue(measured);
        assertThat(state.lastPassed()).isEmpty();
    }

    @Test
    void runsThatAreOver_areForgotten_whenThereAreVeryMany_andNoOther() {
        policy("");
        ask(FULL);
        for (int i = 0; i < BackupState.RUNS_MAX + 50; i++) {
            long number = ask(new BackupTask.Prune());
            does(BackupPlanner.cancel(state, number, "", now));
        }

        assertThat(state.runs()).hasSize(BackupState.RUNS_MAX);
        assertThat(state.run(1)).isPresent();
        assertThat(state.lastNumber()).isEqualTo(BackupState.RUNS_MAX + 51);
    }
}
