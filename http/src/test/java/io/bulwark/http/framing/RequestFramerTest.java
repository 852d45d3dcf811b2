package io.bulwark.http.framing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestFramerTest {
    private static final Bounds BOUNDS = new Bounds(64, 512, 8, 20, 1_000);
    private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String FIXED = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
    private static final String CHUNKED =
            "POST /a HTTP/1.1~Host: h~Transfer-Encoding: chunked~~3~abc~A;n=\"v\"~0123456789~0~X: 1~~"
                    .replace("~", "\r\n");

    /** What a connection came to: what was passed on, and why it was not read further. */
    private record Story(String passed, Optional<Refusal> refusal, boolean inBody) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // fields after the Host line, ~ for CRLF        | outcome
                "Content-Length: 0                               | passed",
                "Content-Length: 5                               | body",
                "Content-Length:5                                | body",
                "content-length: \t5 \t                          | body",
                "Content-Length: 005                             | body",
                "CONTENT-LENGTH: 1000                            | body",
                "Content-Length: 1001                            | 413",
                "Content-Length: 9223372036854775807             | 413",
                "Content-Length: 9223372036854775808             | 400",
                "Content-Length: 18446744073709551620            | 400",
                "Content-Length: 4 4                             | 400",
                "Content-Length: 4,4                             | 400",
                "Content-Length: -1                              | 400",
                "Content-Length: +1                              | 400",
                "Content-Length: 1e1                             | 400",
                "Content-Length: 0x1                             | 400",
                "Content-Length: ³                               | 400",
                "Content-Length:                                 | 400",
                "Content-Length: 5~Content-Length: 6             | 400",
                "Content-Length: 5~Content-Length: 5             | 400",
                "Content-Length: 5~Transfer-Encoding: chunked    | 400",
                "Transfer-Encoding: chunked~Content-Length: 5    | 400",
                "Transfer-Encoding: chunked                      | body",
                "Transfer-Encoding: Chunked                      | body",
                "Transfer-Encoding: chunked, identity            | 400",
                "Transfer-Encoding: gzip                         | 400",
                "Transfer-Encoding: x chunked                    | 400",
                "Transfer-Encoding: \"chunked\"                  | 400",
                "Transfer-Encoding:                              | 400",
                "Transfer-Encoding: chunked~Transfer-Encoding: chunked | 400",
                "Content-Length : 5                              | 400",
                "Content-Length\t: 5                             | 400",
                "X: 1~ folded: 2                                 | 400",
                "X: 1~\tfolded                                   | 400",
                ": empty                                         | 400",
                "X                                               | 400",
                "X(Y): 1                                         | 400",
                "X: a\u0000b                                     | 400",
                "X: a\u007fb                                     | 400",
                "X: a«b                                         | 400",
                "X: a»Content-Length: 5                         | 400",
                "X: Ã©                                           | passed",
                "X: â\u0082¬ ð\u009f\u008c\u008d             | passed",
                "X: é                                            | 400",
                "X: Ã                                            | 400",
                "X: Ã (                                          | 400",
                "X: â\u0082                                      | 400",
                "X: â\u0082~Content-Length: 5                    | 400",
                "X: ð\u009f\u008c                                | 400",
                "X: \u0080                                       | 400",
                "X: À\u0080                                      | 400",
                "X: ø\u0080\u0080\u0080\u0080                    | 400",
                "X:                                              | passed",
                "host: other                                     | 400",
                "abcdefghijklmnopqrstu: 1                        | 431",
                "A:1~B:1~C:1~D:1~E:1~F:1~G:1                     | passed",
                "A:1~B:1~C:1~D:1~E:1~F:1~G:1~H:1                 | 431",
            })
    void fields_areFramed(String fields, String outcome) {
        String text = bytesOf(fields);

        assertThat(outcome(read("POST / HTTP/1.1\r\nHost: h\r\n" + text + "\r\n\r\n")))
                .isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "GET / HTTP/1.1             | passed",
                "GET / HTTP/1.0             | passed",
                "M-SEARCH /~x HTTP/1.1      | passed",
                "GET / HTTP/1.2             | 505",
                "GET / HTTP/2.0             | 505",
                "GET / http/1.1             | 505",
                "GET / HTTP/1.1 x           | 505",
                "GET /                      | 400",
                "GET  / HTTP/1.1            | 400",
                "GET /  HTTP/1.1            | 505",
                "GET\t/ HTTP/1.1            | 400",
                "GET /a b HTTP/1.1          | 505",
                "GET /é HTTP/1.1            | 400",
                "GET /a\u0000 HTTP/1.1      | 400",
                "GET http://h/ HTTP/1.1     | 400",
                "OPTIONS * HTTP/1.1         | 400",
                "G(T / HTTP/1.1             | 400",
                "ABCDEFGHIJKLMNOPQ / HTTP/1.1 | 400",
            })
    void requestLines_areFramed(String line, String outcome) {
        assertThat(outcome(read(line + "\r\nHost: h\r\n\r\n"))).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "0~~                       | passed",
                "000~~                     | passed",
                "a~0123456789~0~~          | passed",
                "A ;x~0123456789~0~~       | 400",
                "1;x=y~a~0~~               | passed",
                "0~X: 1~~                  | passed",
                "0~Content-Length: 1~~     | 400",
                "0~Host: x~~               | 400",
                "0~ X: 1~~                 | 400",
                "~                         | 400",
                ";x~                       | 400",
                "g~                        | 400",
                "-1~                       | 400",
                "0x1~                      | 400",
                "` 1~`                     | 400",
                "1234567890abcdef~         | 400",
                "3e9~                      | 413",
                "1~ab~                     | 400",
                "1~a\u0000»               | 400",
                "1»a                      | 400",
            })
    void chunkedBodies_areFramed(String body, String outcome) {
        Story story = read("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + bytesOf(body));

        assertThat(outcome(story)).isEqualTo(outcome);
        assertThat(story.refusal().isEmpty() || story.inBody()).isTrue();
    }

    @Test
    void http10_withoutHost_isTaken_andWithTransferEncodingRefused() {
        assertThat(outcome(read("GET / HTTP/1.0\r\n\r\n"))).isEqualTo("passed");
        assertThat(outcome(read("GET / HTTP/1.1\r\n\r\n"))).isEqualTo("400");
        assertThat(outcome(read("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")))
                .isEqualTo("400");
    }

    @Test
    void theBounds_holdToTheByte() {
        String target = "/" + "a".repeat(63);
        assertThat(outcome(read("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")))
                .isEqualTo("passed");
        assertThat(outcome(read("GET " + target + "a HTTP/1.1\r\nHost: h\r\n\r\n")))
                .isEqualTo("414");
        String head = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
        String filler = "x".repeat(512 - head.length() - 4);
        assertThat(outcome(read(head + filler + "\r\n\r\n"))).isEqualTo("passed");
        assertThat(outcome(read(head + filler + "x\r\n\r\n"))).isEqualTo("431");
    }

    @Test
    void chunksTogetherAboveTheBound_areRefused() {
        String chunk = "1f4\r\n" + "x".repeat(500) + "\r\n";
        String head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

        assertThat(outcome(read(head + chunk + chunk + "0\r\n\r\n"))).isEqualTo("passed");
        assertThat(outcome(read(head + chunk + chunk + "1\r\nx\r\n0\r\n\r\n"))).isEqualTo("413");
    }

    @Test
    void anIncompleteHead_isHeldBack_whole() {
        Story story = read(GET + FIXED + "GET /b HTTP/1.1\r\nHost: h\r\n\r");

        assertThat(story.passed()).isEqualTo(GET + FIXED);
        assertThat(story.refusal()).isEmpty();
    }

    @Test
    void aRefusedHead_isNotPassedOn_andWhatCameBeforeIs() {
        Story story = read(GET + CHUNKED + "GET /b HTTP/1.1\r\nHost: h\r\nContent-Length: 4 4\r\n\r\n");

        assertThat(story.passed()).isEqualTo(GET + CHUNKED);
        assertThat(story.inBody()).isFalse();
    }

    @Test
    void pipelinedRequests_splitAtEveryByte_arePassedOnUnchanged() {
        String all = GET + FIXED + CHUNKED + GET + FIXED;
        for (int split = 0; split <= all.length(); split++) {
            assertThat(read(all, split).passed()).as("split at %d", split).isEqualTo(all);
        }
        assertThat(read(all, IntStream.range(1, all.length()).toArray()).passed())
                .as("byte by byte")
                .isEqualTo(all);
    }

    @Test
    void aRefusal_isTheSame_howeverTheBytesAreSplit() {
        String all = FIXED + "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551620\r\n\r\n" + GET;
        Story whole = read(all);
        for (int split = 0; split <= all.length(); split++) {
            assertThat(read(all, split)).as("split at %d", split).isEqualTo(whole);
        }
    }

    @Test
    void aRefusalInABody_isTheSame_howeverTheBytesAreSplit() {
        String all = CHUNKED + "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n";
        Refusal whole = read(all).refusal().orElseThrow();
        for (int split = 0; split <= all.length(); split++) {
            Story story = read(all, split);
            assertThat(story.refusal()).as("split at %d", split).contains(whole);
            assertThat(all).startsWith(story.passed());
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    /** Liveness too: what is well framed is passed on to the last byte. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void randomRequests_randomlySplit_arePassedOnUnchanged(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder all = new StringBuilder();
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            all.append(request(random));
        }
        int[] splits = random.ints(random.nextInt(20), 0, all.length())
                .sorted()
                .distinct()
                .toArray();

        Story story = read(all.toString(), splits);

        assertThat(story.refusal()).isEmpty();
        assertThat(story.passed()).isEqualTo(all.toString());
    }

    /** Safety: however a well framed connection is damaged, nothing is lost, invented or moved in what is passed on. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damagedRequests_arePassedOnAsTheyAre_orNotAtAll(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder all = new StringBuilder().append(request(random)).append(request(random));
        all.setCharAt(random.nextInt(all.length()), (char) random.nextInt(256));

        Story whole = read(all.toString());
        Story split = read(all.toString(), random.nextInt(all.length()));

        assertThat(all.toString()).startsWith(whole.passed());
        assertThat(split.refusal()).isEqualTo(whole.refusal());
    }

    private static String request(SplittableRandom random) {
        String body = "x".repeat(random.nextInt(1, 60));
        return switch (random.nextInt(3)) {
            case 0 -> GET;
            case 1 -> "PUT /b HTTP/1.1\r\nX: y\r\nhost:h\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            default ->
                "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length())
                        + "\r\n" + body + "\r\n0\r\n\r\n";
        };
    }

    /** {@code ~} stands for a line end, {@code «} for a carriage return alone, {@code »} for a line feed alone. */
    private static String bytesOf(String row) {
        return row.replace("~", "\r\n").replace("«", "\r").replace("»", "\n");
    }

    private static String outcome(Story story) {
        return story.refusal()
                .map(refusal -> Integer.toString(refusal.status()))
                .orElse(story.passed().contains("\r\n\r\n") && story.inBody() ? "body" : "passed");
    }

    /** Does what the stage does: holds back, passes on, stops at a refusal. */
    private static Story read(String text, int... splits) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        RequestFramer framer = new RequestFramer(BOUNDS);
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        ByteArrayOutputStream held = new ByteArrayOutputStream();
        for (byte[] part : parts(bytes, splits)) {
            Verdict verdict = framer.read(ByteBuffer.wrap(part));
            if (verdict.safe() > 0) {
                passed.writeBytes(held.toByteArray());
                held.reset();
            }
            passed.write(part, 0, verdict.safe());
            held.write(part, verdict.safe(), part.length - verdict.safe());
            if (verdict instanceof Verdict.Refused refused) {
                return new Story(text(passed), Optional.of(refused.refusal()), refused.inBody());
            }
        }
        return new Story(text(passed), Optional.empty(), framer.isInBody());
    }

    private static List<byte[]> parts(byte[] bytes, int[] splits) {
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        for (int split : splits) {
            parts.add(Arrays.copyOfRange(bytes, from, split));
            from = split;
        }
        parts.add(Arrays.copyOfRange(bytes, from, bytes.length));
        return parts;
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
