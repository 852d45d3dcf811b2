package io.bulwark.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.cluster.RecordedMember;
import io.bulwark.persistence.cluster.RecordedMember.Sign;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SplitTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private static RecordedMember node(String address) {
        return new RecordedMember("bulwark", address, address + "0");
    }

    private static Sign sign(String address, int sees, Duration after) {
        return new Sign(node(address), sees, BEGIN.plus(after));
    }

    /** Who the looker gives way to after looks at the beginning, at half of the patience and at its end. */
    private static Optional<RecordedMember> after(
            String self, Set<String> members, String stranger, int sees, Duration lastSign) {
        Split split = Split.NONE;
        Optional<RecordedMember> givesWayTo = Optional.empty();
        for (Duration at : List.of(Duration.ZERO, Split.PATIENCE.dividedBy(2), Split.PATIENCE)) {
            Duration signed = at.compareTo(lastSign) < 0 ? at : lastSign;
            Split.Look look = split.look(self, members, List.of(sign(stranger, sees, signed)));
            split = look.next();
            givesWayTo = look.givesWayTo();
        }
        return givesWayTo;
    }

    @Test
    void look_aloneBesideTwo_givesWay_andTheTwoDoNot() {
        assertThat(after("a:1", Set.of("a:1"), "b:1", 2, Split.PATIENCE)).contains(node("b:1"));
        assertThat(after("b:1", Set.of("b:1", "c:1"), "a:1", 1, Split.PATIENCE)).isEmpty();
    }

    @Test
    void look_twoSidesAlike_exactlyTheHigherAddressGivesWay() {
        assertThat(after("b:1", Set.of("b:1"), "a:1", 1, Split.PATIENCE)).contains(node("a:1"));
        assertThat(after("a:1", Set.of("a:1"), "b:1", 1, Split.PATIENCE)).isEmpty();
    }

    @Test
    void look_strangerThatGivesNoMoreSigns_isNotGivenWayTo() {
        Duration paused = Split.PATIENCE.minusSeconds(1);
        assertThat(after("a:1", Set.of("a:1", "b:1"), "c:1", 3, paused)).isEmpty();
    }

    @Test
    void look_strangerThatBecameAMember_isForgotten() {
        List<Sign> early = List.of(sign("b:1", 5, Duration.ZERO));
        List<Sign> late = List.of(sign("b:1", 5, Split.PATIENCE.multipliedBy(2)));
        Split split = Split.NONE.look("a:1", Set.of("a:1"), early).next();
        split = split.look("a:1", Set.of("a:1", "b:1"), late).next();
        assertThat(split).isEqualTo(Split.NONE);
        assertThat(split.look("a:1", Set.of("a:1"), late).givesWayTo()).isEmpty();
    }

    @Test
    void look_everybodyIsAMember_findsNothing() {
        Set<String> members = Set.of("a:1", "b:1");
        List<Sign> signs = List.of(sign("a:1", 2, Duration.ZERO), sign("b:1", 2, Duration.ZERO));
        assertThat(Split.NONE.look("a:1", members, signs)).isEqualTo(new Split.Look(Split.NONE, Optional.empty()));
    }
}
