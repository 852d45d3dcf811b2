package io.bulwark.persistence.drill;

import io.bulwark.persistence.archive.ArchiveTimes;
import io.bulwark.persistence.archive.Timelines;
import io.bulwark.persistence.backup.BrokenOff;
import io.bulwark.persistence.backup.Progress;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.drill.DrillReport.Phase;
import io.bulwark.persistence.drill.DrillReport.TenantHash;
import io.bulwark.persistence.embedded.EmbeddedPostgresException;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.scratch.Scratch;
import io.bulwark.persistence.scratch.ScratchRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A restore that is done to prove that it works: the backup and the log are restored to a scratch server, looked at, timed
 * and thrown away.
 */
public final class Drill {
    private static final Logger log = LoggerFactory.getLogger(Drill.class);
    /** For each of four tables. */
    private static final int TENANTS_MAX = 249;

    private final Repository repository;
    private final RandomGenerator random;
    private final InstantSource clock;

    /** @param random for the instant to restore to, and for names */
    public Drill(Repository repository, RandomGenerator random, InstantSource clock) {
        this.repository = repository;
        this.random = random;
        this.clock = clock;
    }

    /** Told how far the drill is, by the thread that does it; the bytes are those of the restore. */
    public interface Watcher extends Progress {
        /** Tells nobody. */
        Watcher SILENT = (_, _) -> {};

        /** A phase begins, and the one before it has ended. */
        default void begins(Phase phase) {}

        /** Something is found. */
        default void found(Finding finding) {}
    }

    /**
     * Does it. Whatever goes wrong is a finding, and nothing but the report is left (and the restored data, where the
     * request says so); {@link Drills#keep} keeps it.
     *
     * @throws InterruptedIOException when the thread was interrupted
     * @throws BrokenOff when the watcher throws it
     */
    public DrillReport run(DrillRequest request, Watcher watcher) throws InterruptedIOException {
        DrillNotes notes = new DrillNotes(request.when(), clock.instant(), random, watcher);
        try {
            Chosen chosen = choose(request, notes);
            try (Scratch scratch = restored(request, chosen, notes, watcher)) {
                notes.serves(scratch);
                notes.begins(Phase.CHECK);
                check(scratch, request, notes);
            }
        } catch (InterruptedIOException interrupted) {
            throw interrupted;
        } catch (BrokenOff told) {
            throw told;
        } catch (IOException | SQLException | IllegalArgumentException | EmbeddedPostgresException failure) {
            throwIfInterrupted(failure);
            log.debug("A drill failed", failure);
            notes.failed(failure);
        } catch (RuntimeException fault) {
            log.error("A drill failed by a fault of this program", fault);
            notes.failed(fault);
        }
        return notes.report(clock.instant());
    }

    /** Whatever fails in a thread that was interrupted may have failed by that. */
    private static void throwIfInterrupted(Exception failure) throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            InterruptedIOException told =
                    new InterruptedIOException("The drill was interrupted: nothing of it is kept");
            told.initCause(failure);
            throw told;
        }
    }

    private Chosen choose(DrillRequest request, DrillNotes notes) throws IOException {
        Repository.Listing listing = repository.listing();
        listing.unreadable()
                .forEach((id, why) -> notes.found(
                        Finding.failed("choose", "The backup " + id + " cannot be read: " + why.getMessage())));
        List<Backup> backups = listing.backups();
        Optional<Instant> archiveEnd = new ArchiveTimes(repository.wal()).last();
        notes.repository(backups, archiveEnd);
        Chosen chosen = Chosen.by(request.when(), backups, Timelines.newestOf(repository.wal()), archiveEnd, random);
        notes.chose(chosen);
        return chosen;
    }

    private Scratch restored(DrillRequest request, Chosen chosen, DrillNotes notes, Watcher watcher)
            throws IOException {
        ScratchRequest wanted = new ScratchRequest(
                Optional.of(chosen.backup().id()),
                chosen.point(),
                request.folder(),
                request.credentials(),
                request.settings());
        return Scratch.restored(repository, wanted, random, new Scratch.Watcher() {
            @Override
            public void moved(long bytesDone, long bytesTotal) {
                watcher.moved(bytesDone, bytesTotal);
            }

            @Override
            public void begins(Scratch.Step step) {
                notes.begins(
                        switch (step) {
                            case RESTORE -> Phase.RESTORE;
                            case FETCH -> Phase.FETCH;
                            case START -> Phase.START;
                        });
            }
        });
    }

    private static void check(Scratch scratch, DrillRequest request, DrillNotes notes)
            throws SQLException, InterruptedIOException {
        notes.found(Finding.ok(
                "files",
                scratch.restored().files() + " files with " + scratch.restored().bytes()
                        + " bytes are as the backup's manifest says, and the server serves them"));
        Database main = scratch.server().database();
        List<String> databases;
        try (Questions questions = Questions.to(main, request.answerWithin())) {
            List<String> micros =
                    questions.list("SELECT (extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000000)"
                            + "::bigint WHERE pg_last_xact_replay_timestamp() IS NOT NULL");
            notes.replayedTo(micros.stream().findFirst().map(Drill::instant));
            databases = questions.list("SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname");
        }
        Rows rows = new Rows();
        for (String name : databases) {
            try (Questions questions = Questions.to(scratch.server().database(name), request.answerWithin())) {
                notes.found(Structure.of(questions, name));
                rows.count(questions, name);
            }
        }
        notes.counted(rows.tables());
        notes.found(rows.finding());
        try (Questions questions = Questions.to(main, request.answerWithin())) {
            checkOwn(questions, notes);
        }
    }

    private static Instant instant(String micros) {
        long value = Long.parseLong(micros);
        return Instant.ofEpochSecond(Math.floorDiv(value, 1_000_000), Math.floorMod(value, 1_000_000) * 1_000L);
    }

    private static void checkOwn(Questions questions, DrillNotes notes) throws SQLException {
        if (!Invariants.apply(questions)) {
            for (String check : List.of("ledger", "journal", "tenants")) {
                notes.found(Finding.notPossible(check, "The database does not have Bulwark's tables"));
            }
            return;
        }
        notes.found(asked("ledger", () -> Invariants.ledger(questions)));
        notes.found(asked("journal", () -> Invariants.journal(questions)));
        notes.found(asked("tenants", () -> {
            List<TenantHash> hashes = TenantRows.hashes(questions, TENANTS_MAX);
            notes.hashed(hashes);
            return TenantRows.finding(hashes);
        }));
    }

    private interface Check {
        Finding find() throws SQLException;
    }

    /** What the server cannot answer, because a page is damaged or a table takes too long, does not end the drill. */
    private static Finding asked(String name, Check check) {
        try {
            return check.find();
        } catch (SQLException said) {
            return Questions.tookTooLong(said)
                    ? Finding.notPossible(name, "It took too long: " + said.getMessage())
                    : Finding.failed(name, "The server says: " + said.getMessage());
        }
    }
}
