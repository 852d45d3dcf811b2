package io.bulwark.load.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulwark.load.node.Programs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespacesTest {
    @TempDir
    private Path folder;

    @BeforeAll
    static void onlyWhereTheyCanBeMade() {
        Optional<String> whyNot = Namespaces.whyNot();
        assumeTrue(whyNot.isEmpty(), () -> "This machine cannot make network namespaces: " + whyNot.orElse(""));
    }

    @Test
    void cut_oneOfThree_endsTheWaysBetweenTheSidesAndNoOther() {
        try (Namespaces three = Namespaces.of(3, folder)) {
            List<Place> places = three.places();
            three.cut(Set.of(0));

            assertThat(reaches(places.get(0), places.get(1).host())).isFalse();
            assertThat(reaches(places.get(1), places.get(0).host())).isFalse();
            assertThat(reaches(places.get(1), places.get(2).host())).isTrue();
            assertThat(reaches(places.get(0), three.harness().getHostAddress())).isTrue();

            three.heal();
            assertThat(reaches(places.get(0), places.get(1).host())).isTrue();
        }
    }

    @Test
    void close_removesEverythingThatWasMade() {
        Namespaces two = Namespaces.of(2, folder);
        String name = two.places().getFirst().prefix().getLast();
        assertThat(Programs.run("ip", "netns", "list")).contains(name);

        two.close();

        assertThat(Programs.run("ip", "netns", "list")).doesNotContain(name);
        assertThat(Programs.run("ip", "-o", "addr"))
                .doesNotContain(two.harness().getHostAddress());
    }

    /** Whether the kernel knows a way; a blackhole route is none. */
    private static boolean reaches(Place from, String address) {
        String[] words = {"ip", "-n", from.prefix().getLast(), "route", "get", address};
        return Programs.complaint(words).isEmpty();
    }
}
