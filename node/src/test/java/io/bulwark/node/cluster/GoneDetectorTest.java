package io.bulwark.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class GoneDetectorTest {
    private static final long IN_TIME = 300;
    private static final long LATE = 500;
    /** Silence that Akka's detector thinks nothing of. */
    private static final double MEAN = 1_550;

    private static final double DEVIATION = 50;

    private static final ActorTestKit KIT = ActorTestKit.create();

    /** What the door is asked. */
    private final List<String> asked = new ArrayList<>();

    @AfterAll
    static void end() {
        KIT.shutdownTestKit();
    }

    private static Config config() {
        return ConfigFactory.parseString("""
                heartbeat-interval = 250ms, acceptable-heartbeat-pause = 1300ms, min-std-deviation = 50ms
                threshold = 8, max-sample-size = 1000, expected-response-after = 500ms""");
    }

    /** @param refused what is found, one look after the other */
    private GoneDetector detector(Boolean... refused) {
        Iterator<Boolean> left = List.of(refused).iterator();
        ActorSystem classic = KIT.system().classicSystem();
        Door door = (host, port) -> {
            asked.add(host + ":" + port);
            return left.next() ? Door.Found.REFUSED : Door.Found.OPEN;
        };
        GoneDetector detector = new GoneDetector(config(), classic.eventStream(), door, Runnable::run);
        detector.address_$eq("akka://bulwark@10.0.0.7:25520");
        return detector;
    }

    private static double look(GoneDetector detector, long silent) {
        return detector.phi(silent, MEAN, DEVIATION);
    }

    @Test
    void phi_lateAndRefusedTwice_isGone() {
        GoneDetector detector = detector(true, true);

        assertThat(look(detector, LATE)).isLessThan(8);
        assertThat(look(detector, LATE)).isLessThan(8);
        assertThat(asked).containsExactly("10.0.0.7:25520", "10.0.0.7:25520");
        assertThat(look(detector, LATE)).isInfinite();
    }

    @Test
    void phi_lateAndConnectionsAreTaken_waitsAsAkkaDoes() {
        GoneDetector detector = detector(true, false, true, false, false);

        for (int i = 0; i < 4; i++) {
            assertThat(look(detector, LATE)).isLessThan(8);
        }
        assertThat(look(detector, 3_000)).isGreaterThan(8);
    }

    @Test
    void phi_heardOfInBetween_beginsAnew() {
        GoneDetector detector = detector(true, true, true);

        assertThat(look(detector, LATE)).isLessThan(8);
        assertThat(look(detector, IN_TIME)).isLessThan(8);
        assertThat(look(detector, LATE)).isLessThan(8);
        assertThat(look(detector, LATE)).isLessThan(8);
        assertThat(look(detector, LATE)).isInfinite();
    }

    @Test
    void phi_heardInTime_asksNobody() {
        GoneDetector detector = detector();

        assertThat(look(detector, IN_TIME)).isLessThan(8);
        assertThat(asked).isEmpty();
    }
}
