package io.bulwark.load.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bulwark.load.drive.Answer;
import io.bulwark.load.drive.Dialogue;
import io.bulwark.load.wire.HttpMessage;
import io.bulwark.load.wire.HttpReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    @Test
    void acquires_limitGiven_oneWholeRequestForEachTenant() throws IOException {
        List<byte[]> requests = Requests.acquires("low", "secret");

        HttpMessage third = read(requests.get(3));
        assertThat(requests).hasSize(Requests.TENANTS);
        assertThat(third.method()).isEqualTo("POST");
        assertThat(third.header("Authorization")).contains("Bearer secret");
        assertThat(third.body()).isEqualTo("{\"cost\":1}");
    }

    @Test
    void batches_decisionsGiven_asManyItems() throws IOException {
        HttpMessage batch = read(Requests.batches("low", 100, "secret").getFirst());

        assertThat(batch.body().split("\"limit\":\"low\"", -1)).hasSize(101);
    }

    @Test
    void prepared_numbersGiven_requestsInTurn() {
        byte[] first = {1};
        byte[] second = {2};
        Prepared work = new Prepared(List.of(ADDRESS), List.of(first, second), Set.of(200, 429));

        assertThat(List.of(work.request(0), work.request(1), work.request(2), work.request(4_000_000_001L)))
                .containsExactly(first, second, first, second);
        assertThat(work.isRight(429)).isTrue();
        assertThat(work.isRight(503)).isFalse();
    }

    @Test
    void operations_answerToAClaim_completedWithItsToken() throws IOException {
        Operations operations = new Operations(List.of(ADDRESS), "run", false, "secret");
        Answer claimed = new Claimed("{\"token\":417,\"leaseUntil\":\"2026-11-26T13:07:06Z\"}");

        HttpMessage complete = read(operations.next(65, 0, claimed));

        assertThat(complete.body()).startsWith("{\"token\":417,\"status\":201,");
        assertThat(operations.path(65)).isEqualTo("/v1/tenants/t-1/operations/run-65");
        assertThat(operations.next(65, 1, claimed)).isSameAs(Dialogue.NOTHING_MORE);
        assertThat(new Operations(List.of(ADDRESS), "run", true, "secret").path(65))
                .isEqualTo("/v1/tenants/t-0/operations/run-65");
        assertThatIllegalStateException()
                .isThrownBy(() -> operations.next(1, 0, new Claimed("{}")))
                .withMessageContaining("no token: {}");
    }

    @Test
    void batches_allClaimed_eachCompletedWithItsToken() throws IOException {
        OperationBatches batches = new OperationBatches(List.of(ADDRESS), "run", false, "secret");
        String results = IntStream.range(0, OperationBatches.SIZE)
                .mapToObj(i -> "{\"key\":\"run-7-" + i + "\",\"result\":\"claimed\",\"token\":" + (500 + i) + "}")
                .collect(Collectors.joining(","));

        HttpMessage complete = read(batches.next(7, 0, new Claimed(results)));

        assertThat(complete.target()).isEqualTo("/v1/tenants/t-7/operations/complete");
        assertThat(complete.body())
                .contains("{\"key\":\"run-7-0\",\"token\":500,", "{\"key\":\"run-7-49\",\"token\":549,");
        assertThatIllegalStateException()
                .isThrownBy(() -> batches.next(7, 0, new Claimed(results.replaceFirst("claimed", "refused"))))
                .withMessageContaining("Of 50 operations in one call only 49 were claimed");
    }

    @Test
    void all_names_eachOnceAndAsTheCommandLineTakesThem() {
        assertThat(Comparisons.all(InstantSource.system(), line -> {}))
                .extracting(Comparison::name)
                .doesNotHaveDuplicates()
                .contains("limit", "cluster", "operation", "circuit", "overhead", "start")
                .allMatch(name -> name.matches("[a-z]+"));
    }

    @Test
    void setting_roundTooShort_refused() {
        Path here = Path.of("");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Setting(5, Duration.ofMillis(999), here, here, here))
                .withMessageContaining("round is PT0.999S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Setting(0, Setting.ROUND, here, here, here))
                .withMessageContaining("rounds is 0");
    }

    /** An answer in a buffer that holds more than it. */
    private record Claimed(String text) implements Answer {
        @Override
        public int status() {
            return 201;
        }

        @Override
        public byte[] body() {
            return (text + "of an earlier answer").getBytes(StandardCharsets.ISO_8859_1);
        }

        @Override
        public int length() {
            return text.length();
        }
    }

    private static HttpMessage read(byte[] request) throws IOException {
        return new HttpReader(new ByteArrayInputStream(request)).request().orElseThrow();
    }
}
