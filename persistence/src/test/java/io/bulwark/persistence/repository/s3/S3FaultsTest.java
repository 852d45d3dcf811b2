package io.bulwark.persistence.repository.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a server's faults; the server is one of the test's own. */
class S3FaultsTest {
    private static final String SECRET = "fault-secret-key-55d0";
    /** The longest that a call may take here: its bound, and time for a slow machine. */
    private static final Duration BOUND = Duration.ofSeconds(6);

    private FaultyServer server;
    private S3Store store;

    @BeforeEach
    void start() throws IOException {
        server = FaultyServer.start();
        store = S3Store.open(S3Settings.server(
                        server.endpoint(), "backups", new S3Credentials.Given("AKTEST", SECRET, Optional.empty()))
                .with(RemoteLimits.DEFAULT
                        .with(Duration.ofMillis(500), Duration.ofMillis(700), Duration.ofSeconds(3), 2)
                        .with(5 << 20, 3)));
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                arguments(503, "SlowDown", Kind.THROTTLED, 2, "called less often"),
                arguments(503, "ServiceUnavailable", Kind.THROTTLED, 2, "called less often"),
                arguments(500, "InternalError", Kind.UNREACHABLE, 2, "in trouble"),
                arguments(403, "AccessDenied", Kind.DENIED, 1, "needed: s3:PutObject"),
                arguments(403, "SignatureDoesNotMatch", Kind.DENIED, 1, "does not accept these credentials"),
                arguments(400, "ExpiredToken", Kind.DENIED, 1, "renew them"),
                arguments(404, "NoSuchBucket", Kind.FAILED, 1, "create it, or correct its name"),
                arguments(507, "InsufficientStorage", Kind.FULL, 1, "no space left"),
                arguments(403, "QuotaExceeded", Kind.FULL, 1, "no space left"),
                arguments(403, "InvalidObjectState", Kind.FAILED, 1, "restore it there first"),
                arguments(501, "NotImplemented", Kind.FAILED, 1, "If-None-Match"),
                arguments(400, "AuthorizationHeaderMalformed", Kind.FAILED, 1, "correct the region"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void errorOfTheServer_isMappedAndNamesEndpointAndBucket(
            int status, String code, Kind kind, int attempts, String sentence) {
        server.play((_, _) -> error(status, code));
        StoreTrouble trouble = troubleOf(() -> write("wal/1/A", 10));
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(kind);
        assertThat(trouble)
                .hasMessageContaining("write wal/1/A")
                .hasMessageContaining(sentence)
                .hasMessageContaining("s3://backups at " + server.endpoint())
                .hasMessageContaining("status " + status + ", " + code);
        assertThat(stackTrace(trouble)).doesNotContain(SECRET);
        assertThat(server.asked()).hasSize(attempts);
        assertThat(troubleOf(() -> store.list("")).kind()).isEqualTo(kind);
        assertThat(troubleOf(() -> store.open("wal/1/A")).kind()).isEqualTo(kind);
    }

    @Test
    void silence_endsWithinTheBound() {
        server.play((_, _) -> new Answer.Silence());
        long begin = System.nanoTime();
        StoreTrouble trouble = troubleOf(() -> store.list(""));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND);
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(Kind.UNREACHABLE);
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void answerThatStalls_endsWithinTheBound() {
        server.play((_, _) -> new Answer.Stalled(206, Map.of("Content-Range", "bytes 0-99/100"), 100, "only this"));
        long begin = System.nanoTime();
        StoreTrouble trouble = troubleOf(() -> store.open("a"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(BOUND);
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(Kind.UNREACHABLE);
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void readThatIsThrottledOnce_isTriedAgain() throws IOException {
        byte[] object = "0123456789".getBytes(StandardCharsets.US_ASCII);
        server.play((request, number) -> number == 1 ? error(503, "SlowDown") : range(request, object));
        assertThat(readAll("a")).isEqualTo(object);
    }

    @Test
    void nobodyThere_isUnreachable() {
        server.close();
        StoreTrouble trouble = troubleOf(() -> store.stat("a"));
        assertThat(trouble.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(trouble).hasMessageContaining("nobody accepts a connection there");
    }

    @Test
    void answerThatIsCut_isAskedForAgain_andThenAnError() {
        server.play((_, _) -> new Answer.Cut(206, Map.of("Content-Range", "bytes 0-99/100"), 100, "only this"));
        StoreTrouble trouble = troubleOf(() -> store.open("a"));
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(Kind.UNREACHABLE);
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void answerThatIsCutOnce_isReadWhole() throws IOException {
        byte[] object = "0123456789".getBytes(StandardCharsets.US_ASCII);
        server.play((request, number) -> number == 1
                ? new Answer.Cut(206, Map.of("Content-Range", "bytes 0-9/10"), 10, "0123")
                : range(request, object));
        assertThat(readAll("a")).isEqualTo(object);
    }

    @Test
    void objectReplacedWhileItIsRead_isDamaged() {
        byte[] object = new byte[6 << 20];
        server.play((request, number) -> number == 1 ? range(request, object) : error(412, "PreconditionFailed"));
        StoreTrouble trouble = troubleOf(() -> readAll("a"));
        assertThat(trouble.kind()).as(trouble.getMessage()).isEqualTo(Kind.DAMAGED);
        assertThat(server.asked().get(1).header("If-Match")).isEqualTo("\"tag\"");
    }

    @Test
    void missingBucket_isToldApartFromAMissingObject_alsoWhenTheAnswerHasNoBody() {
        server.play((request, _) ->
                request.method().equals("HEAD") ? new Answer.Status(404, Map.of(), "") : error(404, "NoSuchBucket"));
        StoreTrouble trouble = troubleOf(() -> store.stat("a"));
        assertThat(trouble.kind()).isEqualTo(Kind.FAILED);
        assertThat(trouble).hasMessageContaining("no such bucket");
    }

    @Test
    void answerThatIsLost_isRecognisedAsOurOwnObject() throws IOException {
        server.play((request, number) -> switch (number) {
            case 1 -> new Answer.Nothing();
            case 2 -> error(412, "PreconditionFailed");
            default ->
                new Answer.Status(
                        200,
                        Map.of("x-amz-meta-bulwark-writer", mark(server.asked().getFirst()), "ETag", "\"tag\""),
                        "");
        });
        write("a", 10);
        assertThat(server.asked()).extracting(Asked::method).containsExactly("PUT", "PUT", "HEAD");
    }

    @Test
    void objectOfAnotherWriter_isNotTakenForOurs() {
        server.play((request, _) -> request.method().equals("HEAD")
                ? new Answer.Status(200, Map.of("x-amz-meta-bulwark-writer", "another", "ETag", "\"tag\""), "")
                : error(412, "PreconditionFailed"));
        StoreTrouble trouble = troubleOf(() -> write("a", 10));
        assertThat(trouble.kind()).isEqualTo(Kind.EXISTS);
    }

    @Test
    void conflict_isTriedAgain() throws IOException {
        server.play((request, number) -> switch (number) {
            case 1 -> error(409, "ConditionalRequestConflict");
            case 2 -> new Answer.Status(404, Map.of(), "");
            default -> new Answer.Status(200, Map.of("ETag", "\"tag\""), "");
        });
        write("a", 10);
        assertThat(server.asked()).extracting(Asked::method).containsExactly("PUT", "HEAD", "PUT");
    }

    @Test
    void everyPut_carriesAChecksumAndTheCondition_asALockedBucketWants() throws IOException {
        server.play((_, _) -> new Answer.Status(200, Map.of("ETag", "\"tag\""), ""));
        write("a", 9);
        Asked put = server.asked().getFirst();
        assertThat(put.bodyBytes()).isEqualTo(9);
        assertThat(put.header("x-amz-checksum-crc32c")).matches("[A-Za-z0-9+/]{6}==");
        assertThat(put.header("If-None-Match")).isEqualTo("*");
    }

    @Test
    void failedPart_isToldAtTheCommit_andTheUploadIsAborted() {
        server.play((request, _) -> switch (request.method()) {
            case "POST" ->
                new Answer.Status(
                        200,
                        Map.of(),
                        "<InitiateMultipartUploadResult><UploadId>upload-1</UploadId></InitiateMultipartUploadResult>");
            case "PUT" -> error(403, "AccessDenied");
            default -> new Answer.Status(204, Map.of(), "");
        });
        StoreTrouble trouble = troubleOf(() -> write("a", 6 << 20));
        assertThat(trouble.kind()).isEqualTo(Kind.DENIED);
        assertThat(server.asked()).extracting(Asked::method).containsExactly("POST", "PUT", "DELETE");
        assertThat(server.asked().getLast().target()).isEqualTo("/backups/a?uploadId=upload-1");
        assertThat(server.asked().get(1).header("x-amz-checksum-crc32c")).isNotEmpty();
    }

    @Test
    void abortThatFails_isToldToo() {
        server.play((request, _) -> switch (request.method()) {
            case "POST" ->
                new Answer.Status(
                        200,
                        Map.of(),
                        "<InitiateMultipartUploadResult><UploadId>upload-1</UploadId></InitiateMultipartUploadResult>");
            case "PUT" -> new Answer.Status(200, Map.of("ETag", "\"tag\""), "");
            default -> error(403, "AccessDenied");
        });
        assertThatThrownBy(() -> {
                    try (ObjectWriter writer = store.create("a")) {
                        writer.write(new byte[6 << 20]);
                    }
                })
                .hasMessageContaining("discard the unfinished a");
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

    private static String mark(Asked request) {
        return request.header("x-amz-meta-bulwark-writer");
    }

    private static Answer error(int status, String code) {
        return new Answer.Status(
                status,
                Map.of("Content-Type", "application/xml", "x-amz-request-id", "request-1"),
                "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>no</Message></Error>");
    }

    /** What a server answers to a request for a range of this object, which is ASCII. */
    private static Answer range(Asked request, byte[] object) {
        String[] ends = request.header("Range").substring("bytes=".length()).split("-", -1);
        int from = Integer.parseInt(ends[0]);
        int to = Math.min(object.length, Integer.parseInt(ends[1]) + 1);
        return new Answer.Status(
                206,
                Map.of("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + object.length, "ETag", "\"tag\""),
                new String(object, from, to - from, StandardCharsets.US_ASCII));
    }

    private static String stackTrace(Throwable trouble) {
        StringWriter text = new StringWriter();
        trouble.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
