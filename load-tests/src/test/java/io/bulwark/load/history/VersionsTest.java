package io.bulwark.load.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.history.Versions.Put;
import io.bulwark.load.history.Versions.Shown;
import org.junit.jupiter.api.Test;

class VersionsTest {
    private final Versions versions = new Versions();

    @Test
    void violations_ofOneCoordinator_areNone() {
        put("a", 0, 10, 1, "x");
        put("b", 5, 12, 2, "y");
        shown("a", 13, 14, 1, "x");
        shown("b", 13, 14, 2, "y");
        shown("a", 20, 21, 2, "y");

        assertThat(versions.violations()).isEmpty();
    }

    @Test
    void violations_lostAcknowledgementShownAtTheEnd_areNone() {
        put("a", 0, 10, 1, "x");
        shown("a", 20, 21, 2, "written by who never heard");

        assertThat(versions.violations()).isEmpty();
    }

    @Test
    void noVersionTwice_twoWriters_isFound() {
        put("a", 0, 10, 1, "x");
        put("b", 0, 10, 1, "y");

        assertThat(versions.noVersionTwice()).singleElement().asString().contains("s version 1 was acknowledged");
    }

    @Test
    void versionsGrow_laterWriteWithAnEarlierVersion_isFound() {
        put("a", 0, 10, 5, "x");
        put("b", 11, 12, 4, "y");

        assertThat(versions.versionsGrow()).singleElement().asString().startsWith("After ");
    }

    @Test
    void versionsGrow_concurrentWrites_mayHaveAnyOrder() {
        put("a", 0, 10, 5, "x");
        put("b", 9, 12, 4, "y");

        assertThat(versions.versionsGrow()).isEmpty();
    }

    @Test
    void whatWasAcknowledgedIsShown_otherContent_isFound() {
        put("a", 0, 10, 1, "x");
        shown("b", 11, 12, 1, "y");

        assertThat(versions.whatWasAcknowledgedIsShown())
                .singleElement()
                .asString()
                .contains("version of");
    }

    @Test
    void noNodeGoesBack_earlierVersionShownLaterByTheSameNode_isFound() {
        shown("a", 0, 1, 2, "y");
        shown("b", 2, 3, 1, "x");
        shown("a", 2, 3, 1, "x");

        assertThat(versions.noNodeGoesBack()).singleElement().asString().contains("was shown");
    }

    @Test
    void nothingAcknowledgedIsLost_earlierVersionAtTheEnd_isFound() {
        put("a", 0, 10, 2, "y");
        shown("a", 11, 12, 1, "x");

        assertThat(versions.nothingAcknowledgedIsLost())
                .singleElement()
                .asString()
                .contains("is not shown");
    }

    @Test
    void nothingAcknowledgedIsLost_neverShown_isFound() {
        put("a", 0, 10, 2, "y");

        assertThat(versions.nothingAcknowledgedIsLost()).hasSize(1);
    }

    private void put(String node, long start, long end, long version, String content) {
        versions.add(new Put("s", node, start, end, version, content));
    }

    private void shown(String node, long start, long end, long version, String content) {
        versions.add(new Shown("s", node, start, end, version, content));
    }
}
