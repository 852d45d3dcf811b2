package io.bulwark.persistence.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.repository.HinderedStore;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.TestStore;
import io.bulwark.persistence.repository.WalStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** A real repository, for one test. */
final class Archive implements AutoCloseable {
    private static final Map<String, String> KEYS = Map.of("KEYS", KeyRing.newLine("test"));

    final Troubles store;
    final WalStore wal;
    private final Repository repository;
    private final Path scratch;

    private Archive(Troubles store, Repository repository, Path scratch) {
        this.store = store;
        this.repository = repository;
        this.wal = repository.wal();
        this.scratch = scratch;
    }

    static Archive in(Path directory) throws IOException {
        Path scratch = Files.createDirectories(directory.resolve("scratch"));
        Troubles troubles = new Troubles();
        ObjectStore store = TestStore.at(directory.resolve("repository")).open(InstantSource.system());
        KeyRing keys = KeyRing.ofEnvironment(KEYS, "KEYS");
        return new Archive(
                troubles, Repository.open(new HinderedStore(store, troubles), keys, InstantSource.system()), scratch);
    }

    /** The names of the whole segments. */
    List<String> segments() throws IOException {
        return wal.names().stream().filter(WalSegment::isName).toList();
    }

    /** The names of the pieces. */
    List<String> pieces() throws IOException {
        return wal.names().stream()
                .filter(name -> WalPiece.parse(name).isPresent())
                .toList();
    }

    /** How far it goes on the first timeline from its first segment on. */
    WalGaps.Reach reach() throws IOException {
        return reach(Timelines.first());
    }

    WalGaps.Reach reach(Timelines timelines) throws IOException {
        List<String> names = wal.names();
        Holdings holdings = Holdings.of(names, SegmentSize.USUAL);
        long first = holdings.nextAfter(-1, timelines).orElse(0);
        return WalGaps.from(names, SegmentSize.USUAL, timelines, SegmentSize.USUAL.start(first));
    }

    /** Every whole segment is the server's own file, byte for byte, and was stored once. */
    void assertSameAs(Path pgWal) throws IOException {
        WalReader reader = new WalReader(wal);
        for (String name : segments()) {
            Path fetched = scratch.resolve(name);
            assertThat(reader.fetch(name, fetched)).as(name).isTrue();
            assertThat(Files.mismatch(fetched, pgWal.resolve(name))).as(name).isEqualTo(-1);
            assertThat(store.created())
                    .filteredOn(key -> key.endsWith(name))
                    .as(name)
                    .hasSize(1);
            Files.delete(fetched);
        }
    }

    @Override
    public void close() {
        repository.close();
    }
}
