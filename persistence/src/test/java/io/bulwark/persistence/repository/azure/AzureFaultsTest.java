package io.bulwark.persistence.repository.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.bulwark.persistence.repository.ObjectWriter;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import io.bulwark.persistence.repository.remote.FaultyServer;
import io.bulwark.persistence.repository.remote.FaultyServer.Answer;
import io.bulwark.persistence.repository.remote.FaultyServer.Asked;
import io.bulwark.persistence.repository.remote.RemoteLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of the service's faults; the service is one of the test's own. */
@EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
class AzureFaultsTest {
    private static final String SECRET = "c2lnbmVkLXdpdGgtdGhpcw";
    /** The longest that a call may take here: its bound, and time for a slow machine. */
    private static final Duration BOUND = Duration.ofSeconds(8);

    private FaultyServer server;
    private AzureStore store;

    @BeforeEach
    void start() throws IOException {
        server = FaultyServer.start();
        AzureCredentials signature = new AzureCredentials.SharedAccess("sv=2024-01-01&sr=c&sp=rcwdl&sig=" + SECRET);
        store = AzureStore.open(AzureSettings.of(URI.create(server.endpoint() + "/account"), "backups", signature)
                .with(RemoteLimits.DEFAULT
                        .with(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(4), 2)
                        .with(5 << 20, 3)));
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                arguments(503, "ServerBusy", Kind.THROTTLED, 2, "called less often"),
                arguments(500, "InternalError", Kind.UNREACHABLE, 2, "in trouble"),
                arguments(403, "AuthenticationFailed", Kind.DENIED, 1, "does not accept these credentials"),
                arguments(403, "AuthorizationPermissionMismatch", Kind.DENIED, 1, "needed: read, create"),
                arguments(404, "ContainerNotFound", Kind.FAILED, 1, "create it, or correct its name"),
                arguments(400, "InvalidHeaderValue", Kind.FAILED, 1, "refused the request"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void errorOfTheService_isMappedAndNamesEndpointAndContainer(
            int status, String code, Kind kind, int attempts, String sentence) {
        server.play((_, _) -> error(status, code));
        StoreTrouble trouble = troubleOf(() -> write("wal/1/A", 10));
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(kind);
        assertThat(trouble)
                .hasMessageContaining("write wal/1/A")
                .hasMessageContaining(sentence)
                .hasMessageContaining("Azure container backups at " + server.endpoint())
                .hasMessageContaining("status " + status + ", " + code);
        assertThat(stackTrace(trouble)).doesNotContain(SECRET);
        assertThat(server.asked()).hasSize(attempts);
        for (Call call : List.<Call>of(
                () -> store.list(""),
                () -> store.open("wal/1/A"),
                () -> store.stat("wal/1/A"),
                () -> store.delete("wal/1/A"))) {
            StoreTrouble other = troubleOf(call);
            assertThat(other.kind()).as(stackTrace(other)).isEqualTo(kind);
        }
    }

    @Test
    void commonPoolThatSomebodyBlocks_holdsNothingUp() {
        CountDownLatch end = new CountDownLatch(1);
        List<CompletableFuture<Void>> blocked = IntStream.range(0, ForkJoinPool.getCommonPoolParallelism())
                .mapToObj(_ -> CompletableFuture.runAsync(() -> awaitEnd(end), ForkJoinPool.commonPool()))
                .toList();
        server.play((_, _) -> error(403, "AuthenticationFailed"));
        try {
            assertThat(troubleOf(() -> store.list("")).kind()).isEqualTo(Kind.DENIED);
            assertThat(troubleOf(() -> write("a", 10)).kind()).isEqualTo(Kind.DENIED);
        } finally {
            end.countDown();
        }
        blocked.forEach(CompletableFuture::join);
    }

    private static void awaitEnd(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void silence_endsWithinTheBound() {
        server.play((_, _) -> new Answer.Silence());
        long begin = System.nanoTime();
        StoreTrouble trouble = troubleOf(() -> store.list(""));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND);
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(Kind.UNREACHABLE);
        assertThat(stackTrace(trouble)).doesNotContain(SECRET);
    }

    @Test
    void silenceToAWrite_endsWithinTheBound() {
        server.play((_, _) -> new Answer.Silence());
        long begin = System.nanoTime();
        StoreTrouble trouble = troubleOf(() -> write("a", 6 << 20));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND);
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void answerThatStalls_endsWithinTheBound() {
        server.play((_, _) -> new Answer.Stalled(206, headers("bytes 0-99/100"), 100, "only this"));
        long begin = System.nanoTime();
        StoreTrouble trouble = troubleOf(() -> store.open("a"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND);
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(Kind.UNREACHABLE);
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void readThatIsThrottledOnce_isTriedAgain() throws IOException {
        byte[] object = "0123456789".getBytes(StandardCharsets.US_ASCII);
        server.play((request, number) -> number == 1 ? error(503, "ServerBusy") : range(request, object));
        assertThat(readAll("a")).isEqualTo(object);
    }

    @Test
    void answerLargerThanARange_isRefused_insteadOfFillingTheMemory() {
        server.play((_, _) -> new Answer.Stalled(206, headers("bytes 0-99/100"), 1L << 40, "x".repeat(17 << 20)));
        assertThat(troubleOf(() -> store.open("a")).kind()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void nobodyThere_isUnreachable() {
        server.close();
        StoreTrouble trouble = troubleOf(() -> store.stat("a"));
        assertThat(trouble.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(trouble).hasMessageContaining("nobody accepts a connection there");
    }

    @Test
    void answerThatIsCut_isAnError() {
        server.play((_, _) -> new Answer.Cut(206, headers("bytes 0-99/100"), 100, "only this"));
        StoreTrouble trouble = troubleOf(() -> store.open("a"));
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void answerThatIsCutOnce_isReadWhole() throws IOException {
        byte[] object = "0123456789".getBytes(StandardCharsets.US_ASCII);
        server.play((request, number) ->
                number == 1 ? new Answer.Cut(206, headers("bytes 0-9/10"), 10, "0123") : range(request, object));
        assertThat(readAll("a")).isEqualTo(object);
    }

    @Test
    void objectReplacedWhileItIsRead_isDamaged() {
        byte[] object = new byte[6 << 20];
        server.play((request, number) -> number == 1 ? range(request, object) : error(412, "ConditionNotMet"));
        StoreTrouble trouble = troubleOf(() -> readAll("a"));
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(Kind.DAMAGED);
        assertThat(server.asked().get(1).header("If-Match")).contains("tag");
    }

    @Test
    void answerThatIsLost_isRecognisedAsOurOwnObject() throws IOException {
        server.play((request, number) -> switch (number) {
            case 1 -> new Answer.Nothing();
            case 2 -> error(409, "BlobAlreadyExists");
            default -> properties(server.asked().getFirst().header("x-ms-meta-bulwarkwriter"));
        });
        write("a", 10);
        assertThat(server.asked()).extracting(Asked::method).containsExactly("PUT", "PUT", "HEAD");
    }

    @Test
    void objectOfAnotherWriter_isNotTakenForOurs() {
        server.play((request, _) ->
                request.method().equals("HEAD") ? properties("another") : error(409, "BlobImmutableDueToPolicy"));
        assertThat(troubleOf(() -> write("a", 10)).kind()).isEqualTo(Kind.EXISTS);
    }

    @Test
    void immutableObject_cannotBeDeleted() {
        server.play((_, _) -> error(409, "BlobImmutableDueToPolicy"));
        StoreTrouble trouble = troubleOf(() -> store.delete("a"));
        assertThat(trouble.kind()).isEqualTo(Kind.DENIED);
        assertThat(trouble).hasMessageContaining("a policy or a legal hold keeps the object");
    }

    @Test
    void blocks_areNamedAfterTheirWriter_andCarryAChecksumAndTheCondition() throws IOException {
        server.play((_, _) -> new Answer.Status(201, headers(""), ""));
        write("a", 6 << 20);
        assertThat(server.asked()).hasSize(3);
        assertThat(server.asked().getFirst().target()).contains("comp=block").contains("blockid=");
        assertThat(server.asked().getFirst().header("Content-MD5")).isNotEmpty();
        assertThat(server.asked().get(1).bodyBytes()).isEqualTo(1 << 20);
        assertThat(server.asked().getLast().target()).contains("comp=blocklist");
        assertThat(server.asked().getLast().header("If-None-Match")).isEqualTo("*");
    }

    @Test
    void settingsThatCannotWork_areRefused() {
        AzureCredentials key = new AzureCredentials.AccountKey("account", "a2V5");
        URI endpoint = URI.create("https://account.blob.core.windows.net");
        assertThat(AzureSettings.of(endpoint, "backups", key).toString()).doesNotContain("a2V5");
        assertThatIllegalArgumentException().isThrownBy(() -> AzureSettings.of(endpoint, "Backups", key));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AzureSettings.of(URI.create(endpoint + "?sig=abc"), "backups", key))
                .withMessageNotContaining("abc");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AzureCredentials.AccountKey("account", "not base64!"))
                .withMessageNotContaining("not base64!");
        assertThatIllegalArgumentException().isThrownBy(() -> new AzureCredentials.SharedAccess("sv=2024"));
    }

    private void write(String key, int size) throws IOException {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(new byte[size]);
            writer.commit();
        }
    }

    private byte[] readAll(String key) throws IOException {
        try (InputStream stream = store.open(key)) {
            return stream.readAllBytes();
        }
    }

    private interface Call {
        void run() throws IOException;
    }

    private static StoreTrouble troubleOf(Call call) {
        StoreTrouble trouble = catchThrowableOfType(StoreTrouble.class, call::run);
        assertThat(trouble).as("expected trouble").isNotNull();
        return trouble;
    }

    private static Answer error(int status, String code) {
        return new Answer.Status(
                status,
                Map.of("Content-Type", "application/xml", "x-ms-error-code", code),
                "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>no</Message></Error>");
    }

    private static Answer properties(String writer) {
        Map<String, String> headers = headers("");
        headers.put("x-ms-meta-bulwarkwriter", writer);
        headers.put("x-ms-blob-type", "BlockBlob");
        return new Answer.Status(200, headers, "");
    }

    private static Answer range(Asked request, byte[] object) {
        String[] ends =
                request.header("x-ms-range").substring("bytes=".length()).split("-", -1);
        int from = Integer.parseInt(ends[0]);
        int to = Math.min(object.length, Integer.parseInt(ends[1]) + 1);
        return new Answer.Status(
                206,
                headers("bytes " + from + "-" + (to - 1) + "/" + object.length),
                new String(object, from, to - from, StandardCharsets.US_ASCII));
    }

    private static Map<String, String> headers(String contentRange) {
        Map<String, String> headers = new HashMap<>(Map.of(
                "ETag", "\"tag\"", "Last-Modified", "Fri, 27 Nov 2026 03:15:00 GMT", "x-ms-blob-type", "BlockBlob"));
        if (!contentRange.isEmpty()) {
            headers.put("Content-Range", contentRange);
        }
        return headers;
    }

    private static String stackTrace(Throwable trouble) {
        StringWriter text = new StringWriter();
        trouble.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
