package io.bulwark.node.restore;

import io.bulwark.node.backup.Repositories;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.SettingRefused;
import io.bulwark.node.config.Settings;
import io.bulwark.persistence.archive.Timelines;
import io.bulwark.persistence.backup.BackupChoice;
import io.bulwark.persistence.backup.PointInTime;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.repository.Erasure;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.scratch.Scratch;
import io.bulwark.persistence.scratch.ScratchRequest;
import io.bulwark.persistence.scratch.ScratchSettings;
import io.bulwark.persistence.tenantrestore.RegisteredTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Databases as they were, from the configured repository, each on a server of its own on this machine. */
public final class RepositoryPasts implements Pasts {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryPasts.class);
    private static final int TENTHS = 10;

    private final Settings settings;
    private final Database live;
    private final Path folder;
    private final InstantSource clock;
    private final RandomGenerator random;

    /**
     * @param settings read again each time
     * @param live whose name and credentials the copy has
     * @param folder for the data of the servers; their programs stay in it
     */
    public RepositoryPasts(Settings settings, Database live, Path folder, InstantSource clock, RandomGenerator random) {
        this.settings = settings;
        this.live = live;
        this.folder = folder;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Opened open() throws IOException {
        try {
            BackupConfig config = BackupConfig.of(settings);
            return new OfRepository(config.tenantTables(), Repositories.open(config, System.getenv(), clock));
        } catch (SettingRefused e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private final class OfRepository implements Opened {
        private final List<RegisteredTable> tables;
        private final Repository repository;

        OfRepository(List<RegisteredTable> tables, Repository repository) {
            this.tables = tables;
            this.repository = repository;
        }

        @Override
        public List<RegisteredTable> tables() {
            return tables;
        }

        @Override
        public List<Erasure> erasures() throws IOException {
            return repository.erasures().erasures();
        }

        @Override
        public void check(Instant at) throws IOException {
            try {
                var _ = BackupChoice.of(
                        repository.listing().backups(),
                        Timelines.newestOf(repository.wal()),
                        Optional.empty(),
                        Optional.of(new PointInTime.At(at)));
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public Copy copy(Instant at, Consumer<String> told) throws IOException {
            ScratchRequest request = new ScratchRequest(
                    Optional.empty(),
                    Optional.of(new PointInTime.At(at)),
                    folder,
                    live,
                    ScratchSettings.with(folder.resolve("programs")));
            return new OnServer(Scratch.restored(repository, request, random, new Told(told)));
        }

        @Override
        public void close() {
            repository.close();
        }
    }

    private record OnServer(Scratch scratch) implements Copy {
        @Override
        public Database database() {
            return scratch.server().database();
        }

        /** What cannot be removed is removed by the next one. */
        @Override
        public void close() {
            try {
                scratch.close();
            } catch (IOException e) {
                LOG.warn(
                        "not everything of the scratch server in {} could be removed: {}",
                        scratch.folder(),
                        e.toString());
            }
        }
    }

    /** Says each thing once. */
    private static final class Told implements Scratch.Watcher {
        private final Consumer<String> told;
        private String last = "";

        Told(Consumer<String> told) {
            this.told = told;
        }

        @Override
        public void begins(Scratch.Step step) {
            say(
                    switch (step) {
                        case RESTORE -> "reading the backup";
                        case FETCH -> "fetching the log";
                        case START -> "replaying the log";
                    });
        }

        @Override
        public void moved(long bytesDone, long bytesTotal) {
            long tenths = bytesTotal <= 0 ? 0 : Math.min(TENTHS, bytesDone * TENTHS / bytesTotal);
            say("reading the backup, " + tenths * TENTHS + " %");
        }

        private void say(String doing) {
            if (!doing.equals(last)) {
                last = doing;
                told.accept(doing);
            }
        }
    }
}
