package io.bulwark.http.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import io.bulwark.idempotency.Fingerprint;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintsTest {
    private static final ByteString BODY = ByteString.fromString("{\"amount\":1}");

    @Test
    void of_sameRequest_sameFingerprintHoweverTheBodyArrived() {
        ByteString inTwoParts = BODY.take(4).concat(BODY.drop(4));

        assertThat(Fingerprints.of("POST", "/payments/charges", Optional.of("a=1"), "application/json", inTwoParts))
                .isEqualTo(Fingerprints.of("POST", "/payments/charges", Optional.of("a=1"), "application/json", BODY));
    }

    @Test
    void of_knownRequest_keepsItsFingerprintBetweenVersions() {
        // Computed apart from the code, over the encoding that the class documents.
        assertThat(Fingerprints.of(
                        "POST", "/p/x", Optional.of("a=1"), "text/plain; charset=UTF-8", ByteString.fromString("hi")))
                .isEqualTo(new Fingerprint("6b4801fcf0b94f2791bdc867956d549e8fc21d0c9496d2d1696680291e43502b"));
    }

    @Test
    void of_anyPartDiffers_anotherFingerprint() {
        Map<Fingerprint, String> seen = new HashMap<>();
        assertNew(seen, "the request", Fingerprints.of("POST", "/p/x", Optional.of("q"), "text/plain", BODY));
        assertNew(seen, "method", Fingerprints.of("PUT", "/p/x", Optional.of("q"), "text/plain", BODY));
        assertNew(seen, "path", Fingerprints.of("POST", "/p/y", Optional.of("q"), "text/plain", BODY));
        assertNew(
                seen, "encoding of the path", Fingerprints.of("POST", "/p/%78", Optional.of("q"), "text/plain", BODY));
        assertNew(seen, "query", Fingerprints.of("POST", "/p/x", Optional.of("r"), "text/plain", BODY));
        assertNew(seen, "empty query", Fingerprints.of("POST", "/p/x", Optional.of(""), "text/plain", BODY));
        assertNew(seen, "no query", Fingerprints.of("POST", "/p/x", Optional.empty(), "text/plain", BODY));
        assertNew(seen, "content type", Fingerprints.of("POST", "/p/x", Optional.of("q"), "text/html", BODY));
        assertNew(seen, "body", Fingerprints.of("POST", "/p/x", Optional.of("q"), "text/plain", BODY.drop(1)));
        assertNew(
                seen,
                "no body",
                Fingerprints.of("POST", "/p/x", Optional.of("q"), "text/plain", ByteString.emptyByteString()));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void of_bytesMovedBetweenParts_anotherFingerprint(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Fingerprint, String> seen = new HashMap<>();
        String all = "abcdefghijklmnop";
        for (int round = 0; round < 2_000; round++) {
            int[] cuts = random.ints(4, 0, all.length() + 1).sorted().toArray();
            String shape = cuts[0] + " " + cuts[1] + " " + cuts[2] + " " + cuts[3];
            Fingerprint fingerprint = Fingerprints.of(
                    all.substring(0, cuts[0]),
                    all.substring(cuts[0], cuts[1]),
                    Optional.of(all.substring(cuts[1], cuts[2])),
                    all.substring(cuts[2], cuts[3]),
                    ByteString.fromString(all.substring(cuts[3])));

            assertThat(seen.getOrDefault(fingerprint, shape)).isEqualTo(shape);
            seen.put(fingerprint, shape);
        }
        assertThat(seen).hasSizeGreaterThan(1_000);
    }

    private static void assertNew(Map<Fingerprint, String> seen, String what, Fingerprint fingerprint) {
        assertThat(seen.put(fingerprint, what)).as(what).isNull();
    }
}
