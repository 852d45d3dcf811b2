package io.bulwark.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class GoneDetectorTest {
    private static final long IN_TIME = 300;
    private static final long LATE = 500;
    /** Silence that Akka's detector thinks nothing of. */
    private static final double MEAN = 1_550;

    private static final double DEVIATION = 50;

    private static final ActorTestKit KIT = ActorTestKit.create();

    /** What the door is asked, and what it says to it in turn. */
    private final LinkedBlockingQueue<String> asked = new LinkedBlockingQueue<>();

    @AfterAll
    static void end() {
        KIT.shutdownTestKit();
    }

    private static Config config() {
        return ConfigFactory.parseString("""
                heartbeat-interval = 250ms, acceptable-heartbeat-pause = 1300ms, min-std-deviation = 50ms
                threshold = 8, max-sample-size = 1000, expected-response-after = 500ms""");
    }

    private GoneDetector detector(List<Boolean> refused) {
        List<Boolean> left = new ArrayList<>(refused);
        ActorSystem classic = KIT.system().classicSystem();
        GoneDetector detector = new GoneDetector(config(), classic.eventStream(), (host, port) -> {
            boolean answer = !left.isEmpty() && left.removeFirst();
            asked.add(host + ":" + port);
            return answer ? Door.Found.REFUSED : Door.Found.OPEN;
        });
        detector.address_$eq("akka://bulwark@10.0.0.7:25520");
        return detector;
    }

    /** Looks once, and waits until the door has been asked because of it. */
    private double look(GoneDetector detector, long silent) throws InterruptedException {
        double before = asked.size();
        double phi = detector.phi(silent, MEAN, DEVIATION);
        while (phi < 8 && silent >= LATE && asked.size() == before) {
            phi = Math.max(phi, detector.phi(silent, MEAN, DEVIATION));
            Thread.onSpinWait();
        }
        return phi;
    }

    @Test
    void phi_lateAndRefusedTwice_isGone() throws InterruptedException {
        GoneDetector detector = detector(List.of(true, true));

        assertThat(look(detector, LATE)).isLessThan(8);
        assertThat(look(detector, LATE)).isLessThan(8);
        assertThat(asked).containsExactly("10.0.0.7:25520", "10.0.0.7:25520");
        assertThat(look(detector, LATE)).isInfinite();
    }

    @Test
    void phi_lateAndConnectionsAreTaken_waitsAsAkkaDoes() throws InterruptedException {
        GoneDetector detector = detector(List.of(true, false, true, false));

        for (int i = 0; i < 4; i++) {
            assertThat(look(detector, LATE)).isLessThan(8);
        }
        assertThat(detector.phi(3_000, MEAN, DEVIATION)).isGreaterThan(8);
    }

    @Test
    void phi_heardOfInBetween_beginsAnew() throws InterruptedException {
        GoneDetector detector = detector(List.of(true, true, true));

        assertThat(look(detector, LATE)).isLessThan(8);
        assertThat(look(detector, IN_TIME)).isLessThan(8);
        assertThat(look(detector, LATE)).isLessThan(8);
        assertThat(asked.poll(1, TimeUnit.SECONDS)).isNotNull();
        assertThat(look(detector, LATE)).isLessThan(8);
    }

    @Test
    void phi_heardInTime_asksNobody() {
        GoneDetector detector = detector(List.of());

        assertThat(detector.phi(IN_TIME, MEAN, DEVIATION)).isLessThan(8);
        assertThat(asked).isEmpty();
    }
}
