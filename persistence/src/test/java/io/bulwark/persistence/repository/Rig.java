package io.bulwark.persistence.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A repository in a store, and what its tests share. */
final class Rig {
    static final Instant NOW = Instant.parse("2026-11-27T03:15:00Z");
    static final Compression COMPRESSION = new Compression(3, 2);
    static final String SYSTEM = "7400000000000000001";

    final TestStore at;
    final KeyRing keys;
    Instant now = NOW;

    Rig(Path place) throws StoreTrouble {
        this(TestStore.at(place), ring(KeyRing.newLine("k1")));
    }

    Rig(TestStore at, KeyRing keys) {
        this.at = at;
        this.keys = keys;
    }

    InstantSource clock() {
        return () -> now;
    }

    Repository open() throws StoreTrouble {
        return open(keys);
    }

    Repository open(KeyRing with) throws StoreTrouble {
        return Repository.open(store(), with, clock(), COMPRESSION);
    }

    ObjectStore store() throws StoreTrouble {
        return at.open(clock());
    }

    /** Lines of the form that a key file has. */
    static KeyRing ring(String... lines) throws StoreTrouble {
        return KeyRing.ofEnvironment(Map.of("KEYS", String.join("\n", lines)), "KEYS");
    }

    static BackupStart full(String id) {
        return start(id, BackupStart.Kind.FULL, Optional.empty());
    }

    static BackupStart incremental(String id, String parent) {
        return start(id, BackupStart.Kind.INCREMENTAL, Optional.of(parent));
    }

    static BackupStart start(String id, BackupStart.Kind kind, Optional<String> parent) {
        return new BackupStart(id, kind, parent, SYSTEM, 180006, 1, "nightly", Map.of("why", "test"));
    }

    static BackupEnd end(Duration after) {
        return new BackupEnd("0/2000028", "0/2000158", NOW, NOW.plus(after));
    }

    static Backup write(Repository repository, BackupStart start, SequencedMap<String, byte[]> parts)
            throws IOException {
        return write(repository, start, end(Duration.ofMinutes(1)), parts);
    }

    static Backup write(Repository repository, BackupStart start, BackupEnd end, SequencedMap<String, byte[]> parts)
            throws IOException {
        try (BackupWriter writer = repository.begin(start)) {
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                try (OutputStream out = writer.part(part.getKey())) {
                    out.write(part.getValue());
                }
            }
            return writer.complete(end);
        }
    }

    static byte[] readAll(Repository repository, Backup backup, String part) throws IOException {
        try (InputStream in = repository.read(backup, part)) {
            return in.readAllBytes();
        }
    }

    /** Does not compress, so that the frames of the sealed object are about as many as those of the plain bytes. */
    static byte[] noise(long seed, int bytes) {
        byte[] noise = new byte[bytes];
        new SplittableRandom(seed).nextBytes(noise);
        return noise;
    }

    static void assertSame(byte[] actual, byte[] expected) {
        assertThat(actual.length).isEqualTo(expected.length);
        assertThat(Arrays.mismatch(actual, expected)).as("first wrong byte").isEqualTo(-1);
    }

    static void assertKind(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreTrouble.class,
                        trouble -> assertThat(trouble.kind())
                                .as(trouble.getMessage())
                                .isEqualTo(kind));
    }
}
