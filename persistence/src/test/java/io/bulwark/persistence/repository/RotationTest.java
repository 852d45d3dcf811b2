package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertKind;
import static io.bulwark.persistence.repository.Rig.assertSame;
import static io.bulwark.persistence.repository.Rig.full;
import static io.bulwark.persistence.repository.Rig.noise;
import static io.bulwark.persistence.repository.Rig.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.persistence.repository.ObjectStore.Stored;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotationTest {
    private static final String SEGMENT = "000000010000000000000002";
    private static final byte[] PLAIN = noise(1, 100_000);
    private static final String OLD = KeyRing.newLine("old");
    private static final String NEW = KeyRing.newLine("new");

    @TempDir
    Path directory;

    private Rig rig;

    @BeforeEach
    void writeWithTheOldKey() throws IOException {
        rig = new Rig(TestStore.at(directory), Rig.ring(OLD));
        try (Repository repository = rig.open()) {
            Rig.write(repository, full("one"), parts());
            repository.wal().put(SEGMENT, new ByteArrayInputStream(PLAIN));
        }
    }

    @Test
    void afterRewrap_theNewKeyAloneReadsEverything_andNoDataWasRewritten() throws IOException {
        List<Stored> before = rig.store().list("");
        byte[] object = rig.at.read("backups/one/base.tar");
        try (Repository both = rig.open(Rig.ring(NEW, OLD))) {
            assertThat(both.rewrap()).as("the backup's and the WAL's").isEqualTo(2);
            assertThat(both.rewrap()).isZero();
            Rig.write(both, full("two"), parts());
        }
        assertReadsAll(Rig.ring(NEW), 2);
        assertThat(rig.store().list("")).containsAll(before).hasSize(before.size() + 2 + 4);
        assertThat(rig.at.read("backups/one/base.tar")).isEqualTo(object);
    }

    @Test
    void afterRewrap_theOldKeyStillReadsWhatWasWrittenBefore() throws IOException {
        try (Repository both = rig.open(Rig.ring(NEW, OLD))) {
            both.rewrap();
        }
        assertReadsAll(Rig.ring(OLD), 1);
    }

    @Test
    void withoutRewrap_bothKeysReadOldAndNew() throws IOException {
        try (Repository both = rig.open(Rig.ring(NEW, OLD))) {
            Rig.write(both, full("two"), parts());
        }
        assertReadsAll(Rig.ring(NEW, OLD), 2);
        assertReadsAll(Rig.ring(OLD, NEW), 2);
    }

    @Test
    void missingKey_isNamed() throws IOException {
        try (Repository repository = rig.open(Rig.ring(NEW))) {
            assertKind(Kind.WRONG_KEY, repository::backups);
            assertThatThrownBy(repository::backups)
                    .hasMessageContaining("key-encryption key old")
                    .hasMessageContaining("has new");
            assertThat(repository.listing().unreadable()).containsOnlyKeys("one");
            assertKind(Kind.WRONG_KEY, () -> repository.wal().get(SEGMENT));
            assertKind(Kind.WRONG_KEY, repository::rewrap);
        }
    }

    @Test
    void anotherKeyUnderTheSameId_isNamed() throws IOException {
        try (Repository repository = rig.open(Rig.ring(KeyRing.newLine("old")))) {
            assertKind(Kind.WRONG_KEY, () -> repository.backup("one"));
            assertThatThrownBy(() -> repository.backup("one"))
                    .hasMessageContaining("another one")
                    .hasMessageContaining("old");
            assertKind(Kind.WRONG_KEY, () -> repository.wal().get(SEGMENT));
            assertKind(Kind.WRONG_KEY, repository::rewrap);
        }
    }

    @Test
    void oneGoodWrappingAmongWrongOnes_isEnough() throws IOException {
        try (Repository both = rig.open(Rig.ring(NEW, OLD))) {
            both.rewrap();
        }
        assertReadsAll(Rig.ring(KeyRing.newLine("new"), OLD), 1);
    }

    private void assertReadsAll(KeyRing ring, int backups) throws IOException {
        try (Repository repository = rig.open(ring)) {
            assertThat(repository.backups()).hasSize(backups);
            for (Backup backup : repository.backups()) {
                assertSame(readAll(repository, backup, "base.tar"), PLAIN);
            }
            try (var segment = repository.wal().get(SEGMENT).orElseThrow()) {
                assertSame(segment.readAllBytes(), PLAIN);
            }
        }
    }

    private static SequencedMap<String, byte[]> parts() {
        SequencedMap<String, byte[]> parts = new LinkedHashMap<>();
        parts.put("base.tar", PLAIN);
        return parts;
    }
}
