package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertKind;
import static io.bulwark.persistence.repository.Rig.assertSame;
import static io.bulwark.persistence.repository.Rig.end;
import static io.bulwark.persistence.repository.Rig.full;
import static io.bulwark.persistence.repository.Rig.incremental;
import static io.bulwark.persistence.repository.Rig.noise;
import static io.bulwark.persistence.repository.Rig.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bulwark.persistence.repository.ObjectStore.Stored;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryTest {
    private static final Duration A_DAY = Duration.ofDays(1);

    @TempDir
    Path directory;

    private Rig rig;
    private Repository repository;

    @BeforeEach
    void open() throws StoreTrouble {
        rig = new Rig(directory);
        repository = rig.open();
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void backup_isListedAndReadBack_alsoByTheNextProcess() throws IOException {
        Backup written = Rig.write(repository, full("one"), parts());
        try (Repository again = rig.open()) {
            assertThat(again.backups()).containsExactly(written);
            assertThat(again.backup("one")).contains(written);
            for (Map.Entry<String, byte[]> part : parts().entrySet()) {
                assertSame(readAll(again, written, part.getKey()), part.getValue());
            }
        }
        assertThat(written.parts())
                .extracting(Backup.Part::name)
                .containsExactly("base.tar", "16384.tar", "backup_manifest");
        assertThat(written.start()).isEqualTo(full("one"));
    }

    @Test
    void layout_isAsTheReadmeSays() throws IOException {
        Rig.write(repository, full("one"), parts());
        List<String> keys = rig.at.keys("");
        assertThat(keys.stream().map(key -> key.replaceAll("[0-9a-f]{32}", "ID")))
                .containsExactly(
                        "README.txt",
                        "backups/one/16384.tar",
                        "backups/one/backup_manifest",
                        "backups/one/base.tar",
                        "backups/one/begun.json",
                        "backups/one/index.json",
                        "keys/ID.k1.json",
                        "repository.json");
        assertThat(new String(rig.at.read("README.txt"), StandardCharsets.UTF_8))
                .contains("AES-256-GCM")
                .contains("index.json");
    }

    @Test
    void index_isJsonThatPeopleCanRead() throws IOException {
        Rig.write(repository, full("one"), parts());
        var tree = new ObjectMapper().readTree(rig.at.read("backups/one/index.json"));
        assertThat(tree.at("/index/start/label").asText()).isEqualTo("nightly");
        assertThat(tree.at("/index/end/endedAt").asText()).isEqualTo("2026-11-27T03:16:00Z");
    }

    @Test
    void noKeyOfAnyKind_isInTheStore() throws IOException {
        String line = KeyRing.newLine("k9");
        Rig secret = new Rig(TestStore.at(directory.resolve("other")), Rig.ring(line));
        try (Repository with = secret.open()) {
            Rig.write(with, full("one"), parts());
        }
        byte[] raw = Base64.getDecoder().decode(line.substring(3));
        String asHex = HexFormat.of().formatHex(raw);
        for (String key : secret.at.keys("")) {
            byte[] content = secret.at.read(key);
            assertThat(HexFormat.of().formatHex(content)).as(key).doesNotContain(asHex);
            assertThat(new String(content, StandardCharsets.ISO_8859_1)).doesNotContain(line.substring(3));
        }
    }

    @Test
    void unfinishedBackup_isNotListed_andCloseRemovesAllOfIt() throws IOException {
        List<Stored> before = rig.store().list("");
        try (BackupWriter writer = repository.begin(full("one"))) {
            try (OutputStream part = writer.part("base.tar")) {
                part.write(noise(1, 200_000));
            }
            writer.part("16384.tar").write(noise(2, 200_000));
            assertThat(repository.backups()).isEmpty();
            assertThat(repository.backup("one")).isEmpty();
        }
        assertThat(rig.store().list("")).isEqualTo(before);
        Rig.write(repository, full("one"), parts());
    }

    @Test
    void takenId_isRefused_whetherCompleteOrUnfinished() throws IOException {
        Rig.write(repository, full("one"), parts());
        assertKind(Kind.EXISTS, () -> repository.begin(full("one")));
        try (BackupWriter writer = repository.begin(full("two"))) {
            assertKind(Kind.EXISTS, () -> repository.begin(full("two")));
            writer.part("base.tar").close();
            writer.complete(end(A_DAY));
        }
        assertThat(repository.backups()).extracting(Backup::id).containsExactly("one", "two");
    }

    @Test
    void backups_areInTheOrderInWhichTheyEnded() throws IOException {
        Rig.write(repository, full("c"), end(Duration.ofMinutes(1)), parts());
        Rig.write(repository, full("a"), end(Duration.ofMinutes(3)), parts());
        Rig.write(repository, full("b"), end(Duration.ofMinutes(2)), parts());
        assertThat(repository.backups()).extracting(Backup::id).containsExactly("c", "b", "a");
    }

    @Test
    void writer_refusesWhatIsOutOfOrder() throws IOException {
        try (BackupWriter writer = repository.begin(full("one"))) {
            OutputStream part = writer.part("base.tar");
            assertThatThrownBy(() -> writer.part("16384.tar")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.complete(end(A_DAY))).isInstanceOf(IllegalStateException.class);
            part.close();
            part.close();
            assertThatThrownBy(() -> part.write(1)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> writer.part("base.tar")).isInstanceOf(IllegalArgumentException.class);
            for (String name : List.of("index.json", "begun.json", "../base.tar", "a/b", "")) {
                assertThatThrownBy(() -> writer.part(name)).as(name).isInstanceOf(IllegalArgumentException.class);
            }
            writer.complete(end(A_DAY));
            assertThatThrownBy(() -> writer.part("late.tar")).isInstanceOf(IllegalStateException.class);
        }
        assertThat(repository.backups()).hasSize(1);
    }

    @Test
    void parent_hasToBeThere_ofTheSameSystemAndTimeline() throws IOException {
        assertKind(Kind.MISSING, () -> repository.begin(incremental("two", "one")));
        Rig.write(repository, full("one"), parts());
        Rig.write(repository, incremental("two", "one"), parts());
        BackupStart second = incremental("three", "one");
        assertRefused(new BackupStart(
                "three", second.kind(), second.parent(), "7400000000000000002", 180006, 1, "", Map.of()));
        assertRefused(new BackupStart("three", second.kind(), second.parent(), Rig.SYSTEM, 180006, 2, "", Map.of()));
        assertRefused(Rig.start("three", BackupStart.Kind.DIFFERENTIAL, Optional.of("two")));
        repository
                .begin(Rig.start("three", BackupStart.Kind.DIFFERENTIAL, Optional.of("one")))
                .close();
        assertThat(repository.backups()).extracting(Backup::id).containsExactlyInAnyOrder("one", "two");
    }

    private void assertRefused(BackupStart start) {
        assertThatThrownBy(() -> repository.begin(start)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void verify_findsMissingAndDamagedObjects_eachByItsKey() throws IOException {
        Backup backup = Rig.write(repository, full("one"), parts());
        Verified intact = repository.verify(backup);
        assertThat(intact.intact()).isTrue();
        assertThat(intact.plainBytes())
                .isEqualTo(backup.parts().stream()
                        .mapToLong(Backup.Part::plainBytes)
                        .sum());
        assertThat(intact.storedBytes())
                .isEqualTo(backup.parts().stream()
                        .mapToLong(Backup.Part::storedBytes)
                        .sum());
        rig.at.delete("backups/one/base.tar");
        rig.at.write("backups/one/backup_manifest", new byte[] {1, 2, 3});
        Verified verified = repository.verify(backup);
        assertThat(verified.intact()).isFalse();
        assertThat(verified.problems())
                .extracting(Verified.Problem::key, Verified.Problem::kind)
                .containsExactly(
                        tuple("backups/one/base.tar", Kind.MISSING),
                        tuple("backups/one/backup_manifest", Kind.DAMAGED));
        assertKind(Kind.MISSING, () -> repository.read(backup, "base.tar"));
        repository.delete(backup);
        assertThat(repository.verify(backup).problems())
                .extracting(Verified.Problem::key, Verified.Problem::kind)
                .containsExactly(tuple("backups/one/index.json", Kind.MISSING));
    }

    @Test
    void unknownPart_isTheCallersMistake() throws IOException {
        Backup backup = Rig.write(repository, full("one"), parts());
        assertThatThrownBy(() -> repository.read(backup, "other.tar"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("other.tar");
    }

    @Test
    void openedByManyAtOnce_itIsOneRepository() throws Exception {
        TestStore fresh = TestStore.at(directory.resolve("fresh"));
        List<Future<Repository>> opened = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int opener = 0; opener < 8; opener++) {
                opened.add(threads.submit(() -> new Rig(fresh, rig.keys).open()));
            }
        }
        for (int opener = 0; opener < opened.size(); opener++) {
            Rig.write(opened.get(opener).get(), full("b" + opener), parts());
        }
        assertThat(opened.getFirst().get().backups()).hasSize(8);
    }

    @Test
    void otherVersionOfTheRepository_isRefused() throws IOException {
        String description = new String(rig.at.read("repository.json"), StandardCharsets.UTF_8);
        rig.at.write(
                "repository.json",
                description.replace("\"format\" : 1", "\"format\" : 2").getBytes(StandardCharsets.UTF_8));
        assertKind(Kind.DAMAGED, rig::open);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "a/b", ".x", "a b"})
    void idOfAnotherForm_isRefused(String id) {
        assertThatThrownBy(() -> full(id)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> repository.backup(id)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> repository.discard(id)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void startOutOfRange_isRefused() {
        assertThatThrownBy(() -> Rig.start("a", BackupStart.Kind.FULL, Optional.of("b")))
                .hasMessageContaining("parent");
        assertThatThrownBy(() -> Rig.start("a", BackupStart.Kind.INCREMENTAL, Optional.empty()))
                .hasMessageContaining("parent");
        assertThatThrownBy(() -> incremental("a", "a")).hasMessageContaining("itself");
        assertThatThrownBy(() -> full("a".repeat(101))).hasMessageContaining("100 characters");
    }

    static SequencedMap<String, byte[]> parts() {
        SequencedMap<String, byte[]> parts = new LinkedHashMap<>();
        parts.put("base.tar", noise(1, 150_000));
        parts.put("16384.tar", new byte[0]);
        parts.put("backup_manifest", noise(3, 1_000));
        return parts;
    }
}
