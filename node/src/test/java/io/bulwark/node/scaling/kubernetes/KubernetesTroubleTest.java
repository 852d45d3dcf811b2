package io.bulwark.node.scaling.kubernetes;

import static io.bulwark.node.scaling.kubernetes.MockedApi.PATIENCE;
import static io.bulwark.node.scaling.kubernetes.MockedApi.PODS;
import static io.bulwark.node.scaling.kubernetes.MockedApi.SCALE;
import static io.bulwark.node.scaling.kubernetes.MockedApi.SCALED_OBJECTS;
import static io.bulwark.node.scaling.kubernetes.MockedApi.TOKEN;
import static io.bulwark.node.scaling.kubernetes.MockedApi.config;
import static io.bulwark.node.scaling.kubernetes.MockedApi.list;
import static io.bulwark.node.scaling.kubernetes.MockedApi.scale;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.node.scaling.ScaleTarget.Order;
import io.bulwark.node.scaling.ScaleTarget.Size;
import io.bulwark.node.scaling.TargetTrouble;
import io.bulwark.node.scaling.TargetTrouble.Kind;
import io.bulwark.node.scaling.kubernetes.MockedApi.Asked;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API server refuses, fails, hangs or is not there. */
class KubernetesTroubleTest {
    /** For what hangs; nothing else is asked with it. */
    private static final Duration BOUND = Duration.ofMillis(300);

    private static final Order UP = new Order(new Size(3, "41"), 5, Optional.empty(), () -> true);
    private static final Order DOWN =
            new Order(new Size(3, "41"), 2, Optional.of(MemberAddress.parse("10.0.0.2:25520")), () -> true);

    private final MockedApi api = new MockedApi();

    @AfterEach
    void close() {
        api.close();
    }

    private static TargetTrouble troubleOfLooking(KubernetesTarget target) {
        try (target) {
            return catchThrowableOfType(TargetTrouble.class, target::size);
        }
    }

    private static TargetTrouble troubleOfScaling(KubernetesTarget target, Order order) {
        try (target) {
            return catchThrowableOfType(TargetTrouble.class, () -> target.scale(order));
        }
    }

    private KubernetesTarget hurried() {
        return api.target(KubernetesSettings.Kind.DEPLOYMENT, BOUND);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            401 | FORBIDDEN | token is mounted
            403 | FORBIDDEN | 'get' on 'deployments/scale' of the API group 'apps' in the namespace 'shop'
            404 | MISSING   | no Deployment 'bulwark' in the namespace 'shop'
            409 | CONFLICT  | decide anew
            429 | BUSY      | later
            400 | FAILED    | the server's own words
            500 | FAILED    | the server's own words
            503 | FAILED    | the server's own words
            """)
    void size_whenTheAnswerIsARefusal_saysWhatToDo(int code, Kind kind, String sentence) throws Exception {
        api.getFails(SCALE, code);

        TargetTrouble trouble = troubleOfLooking(api.target());

        assertThat(trouble.kind()).isEqualTo(kind);
        assertThat(trouble.sentence())
                .contains(sentence)
                .contains(Integer.toString(code))
                .doesNotContain(TOKEN);
        assertThat(api.asked()).as("asked once, without retries").hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            401 | FORBIDDEN | token is mounted
            403 | FORBIDDEN | 'update' on 'deployments/scale' of the API group 'apps' in the namespace 'shop'
            404 | MISSING   | no Deployment 'bulwark' in the namespace 'shop'
            409 | CONFLICT  | decide anew
            429 | BUSY      | later
            500 | FAILED    | the server's own words
            """)
    void scale_whenTheWriteIsRefused_isNotTriedAgain(int code, Kind kind, String sentence) throws Exception {
        api.isScaledTo(3, "41");
        api.putFails(SCALE, code);

        TargetTrouble trouble = troubleOfScaling(api.target(), UP);

        assertThat(trouble.kind()).isEqualTo(kind);
        assertThat(trouble.sentence()).contains(sentence).doesNotContain(TOKEN);
        assertThat(api.written()).extracting(Asked::what).containsExactly("PUT " + SCALE);
    }

    @Test
    void size_whenTheServerIsBusy_saysWhenToAskAgain() {
        api.getFailsForNow(SCALE, 429, "7");

        assertThat(troubleOfLooking(api.target()).retryAfter()).contains(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "Fri, 27 Nov 2026 00:00:00 GMT", "99999999999"})
    void size_whenRetryAfterIsNoNumberOfSeconds_leavesItOut(String retryAfter) {
        api.getFailsForNow(SCALE, 429, retryAfter);

        TargetTrouble trouble = troubleOfLooking(api.target());

        assertThat(trouble.kind()).isEqualTo(Kind.BUSY);
        assertThat(trouble.retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<html>", "{\"kind\": ", "[]", "{\"metadata\": {}}", "{\"spec\": {\"replicas\": \"many\"}}"})
    void size_whenTheAnswerIsNoScale_isAFailure(String answer) {
        api.gets(SCALE, answer);

        assertThat(troubleOfLooking(api.target()).kind()).isEqualTo(Kind.FAILED);
    }

    @Test
    void size_whenTheServerHangs_endsWithinItsBound() {
        api.getsLate(SCALE, scale(3, "41"));

        assertEndsInTime(hurried());
    }

    /** The bound is that of all questions together. */
    @Test
    void size_whenTheLastQuestionHangs_endsWithinItsBound() {
        api.isScaledTo(3, "41");
        api.getsLate(SCALED_OBJECTS, list("ScaledObject"));

        assertEndsInTime(hurried());
    }

    @Test
    void scale_whenTheQuestionForPodsHangs_writesNothing() throws Exception {
        api.isScaledTo(3, "41");
        api.getsLate(PODS, list("Pod"));

        assertThat(troubleOfScaling(hurried(), DOWN).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(api.written()).isEmpty();
    }

    @Test
    void size_whenTheAnswerStopsInItsMiddle_endsWithinItsBound() throws Exception {
        try (var half = new HalfAnAnswer()) {
            assertEndsInTime(half.target(BOUND));
        }
    }

    @Test
    void size_whenNobodyListens_isUnreachable() throws IOException {
        int port;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = gone.getLocalPort();
        }
        TargetTrouble trouble = troubleOfLooking(at(port, PATIENCE));

        assertThat(trouble.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(trouble).hasMessageContaining("ConnectException");
    }

    private static KubernetesTarget at(int port, Duration answerWithin) {
        return KubernetesTarget.create(
                new KubernetesSettings("shop", KubernetesSettings.Kind.DEPLOYMENT, "bulwark", answerWithin),
                config("http://127.0.0.1:" + port + "/"));
    }

    private static void assertEndsInTime(KubernetesTarget target) {
        long start = System.nanoTime();
        TargetTrouble trouble = troubleOfLooking(target);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(BOUND, PATIENCE);
        assertThat(trouble.kind()).isEqualTo(Kind.UNREACHABLE);
    }

    /** A server that begins an answer and never ends it. */
    private static final class HalfAnAnswer implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

        HalfAnAnswer() throws IOException {
            Thread.ofVirtual().start(this::answer);
        }

        KubernetesTarget target(Duration answerWithin) {
            return at(listening.getLocalPort(), answerWithin);
        }

        private void answer() {
            try (Socket connection = listening.accept()) {
                connection.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".getBytes(UTF_8));
                connection.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException _) {
                // The test is over.
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
