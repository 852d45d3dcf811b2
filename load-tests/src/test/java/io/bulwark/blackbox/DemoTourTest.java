package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulwark.load.node.BulwarkNode;
import io.bulwark.load.wire.HttpMessage;
import io.bulwark.load.wire.HttpReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What a newcomer sees who pastes, one after the other, the lines that {@code bulwark node --demo} prints. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoTourTest {
    private static final Pattern LAST_STEP = Pattern.compile("\\$PAYMENTS/fail");

    private static BulwarkNode node;
    private static List<String> variables = List.of();
    private static List<String> steps = List.of();

    @BeforeAll
    static void start() {
        assumeTrue(hasCurl(), "curl is not on this machine's path, so the printed lines cannot be pasted");
        node = BulwarkNode.start("demo", "--demo");
        node.process().line(LAST_STEP, BulwarkNode.PATIENCE);
        List<String> lines = node.process().lines();
        variables = lines.stream().filter(line -> line.matches("[A-Z]+=\\S+")).toList();
        steps = lines.stream().filter(line -> line.contains("curl ")).toList();
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    @Test
    @Order(1)
    void firstCall_is201() throws IOException, InterruptedException {
        HttpMessage answer = answerOf(paste(0));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Idempotent-Replayed")).isEmpty();
    }

    @Test
    @Order(2)
    void firstCallAgain_isTheSameAnswerReplayed() throws IOException, InterruptedException {
        HttpMessage once = answerOf(paste(0));
        HttpMessage again = answerOf(paste(0));

        assertThat(again.status()).isEqualTo(201);
        assertThat(again.header("Idempotent-Replayed")).hasValue("true");
        assertThat(again.text()).isEqualTo(once.text());
    }

    @Test
    @Order(3)
    void sameKeyWithAnotherBody_is422() throws IOException, InterruptedException {
        HttpMessage answer = answerOf(paste(1));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text()).contains("urn:bulwark:problem:idempotency-key-reused");
    }

    @Test
    @Order(4)
    void executions_afterAllThat_areOne() throws IOException, InterruptedException {
        assertThat(paste(2).strip()).isEqualTo("{\"executions\":1}");
    }

    @Test
    @Order(5)
    void burst_endsIn429WithTheHeadersOfTheLimit() throws IOException, InterruptedException {
        String printed = paste(3);

        assertThat(printed).startsWith("200 ").contains(" 429 ");
        HttpMessage answer = answerOf(printed);
        RateLimitFields policy = RateLimitFields.of(answer, "RateLimit-Policy");
        RateLimitFields level = RateLimitFields.of(answer, "RateLimit");
        assertThat(policy.value("requests", "q")).isEqualTo(20);
        assertThat(level.value("requests", "r")).isBetween(0L, 20L);
        assertThat(answer.status() == 200 || answer.header("Retry-After").isPresent())
                .as("Retry-After of %s", answer)
                .isTrue();
    }

    @Test
    @Order(6)
    void failingService_opensTheCircuit() throws IOException, InterruptedException {
        String printed = paste(4);

        assertThat(printed).startsWith("500 ").contains(" 503 ");
        HttpMessage answer = answerOf(printed);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("urn:bulwark:problem:circuit-open");
        assertThat(answer.header("Retry-After")).isPresent();
    }

    /** What the step prints when it is pasted into a shell after the variables. */
    private static String paste(int step) throws IOException, InterruptedException {
        String script = String.join("\n", variables) + "\n" + steps.get(step);
        Process process = new ProcessBuilder("bash", "-c", script)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("exit status of %s", script).isZero();
        return printed;
    }

    /** The answer that {@code curl -i} printed last. */
    private static HttpMessage answerOf(String printed) throws IOException {
        byte[] bytes = printed.substring(printed.indexOf("HTTP/1.1 ")).getBytes(StandardCharsets.ISO_8859_1);
        return new HttpReader(new ByteArrayInputStream(bytes)).answer().orElseThrow();
    }

    private static boolean hasCurl() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "curl")));
    }
}
