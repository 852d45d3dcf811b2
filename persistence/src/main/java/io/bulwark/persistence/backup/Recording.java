package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupEnd;
import io.bulwark.persistence.repository.BackupStart;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.BackupWriter;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts what a server sends into the repository; nothing is there before {@link #complete}, or when that is not reached. */
final class Recording implements ArchiveReceiver, AutoCloseable {
    private static final DateTimeFormatter ID_TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Repository repository;
    private final InstantSource clock;
    private final BackupRequest request;
    private final ServerFacts server;
    private final Kind kind;
    private final Optional<String> parent;
    private final Optional<String> forced;
    private final Meter meter;
    private final Instant startedAt;
    private final Set<String> expected = new HashSet<>();
    private @Nullable BackupWriter writer;
    private @Nullable OutputStream part;
    private String startLsn = "";
    private String endLsn = "";

    Recording(
            Repository repository,
            InstantSource clock,
            BackupRequest request,
            ServerFacts server,
            Kind kind,
            Optional<String> parent,
            Optional<String> forced,
            Progress progress) {
        this.repository = repository;
        this.clock = clock;
        this.request = request;
        this.server = server;
        this.kind = kind;
        this.parent = parent;
        this.forced = forced;
        this.meter = new Meter(progress, 0);
        this.startedAt = clock.instant();
    }

    boolean begun() {
        return writer != null;
    }

    /** @throws BackupException when the server was promoted since it was asked what it is */
    @Override
    public void begins(String lsn, int timeline, List<Tablespace> tablespaces) throws IOException {
        if (timeline != server.timeline()) {
            throw new BackupException("The server went from timeline " + server.timeline() + " to " + timeline
                    + " while the backup began: take it again");
        }
        startLsn = lsn;
        Map<String, String> locations = new HashMap<>();
        long total = 0;
        for (Tablespace tablespace : tablespaces) {
            total += tablespace.estimatedBytes();
            if (!tablespace.oid().isEmpty()) {
                locations.put(tablespace.oid(), tablespace.location());
            }
            expected.add(tablespace.archive());
        }
        expected.add(BaseBackup.MANIFEST);
        meter.expect(total);
        meter.tell();
        writer = repository.begin(new BackupStart(
                freeId(),
                kind,
                parent,
                server.systemIdentifier(),
                server.versionNum(),
                timeline,
                request.label(),
                BackupTags.with(request, server, forced, locations)));
    }

    /** Two backups may begin in the same second. */
    private String freeId() throws StoreTrouble {
        String id = ID_TIME.format(startedAt) + "-" + kind.name().toLowerCase(Locale.ROOT);
        Set<String> taken =
                repository.listing().backups().stream().map(Backup::id).collect(Collectors.toSet());
        String free = id;
        for (int i = 2; taken.contains(free); i++) {
            free = id + "-" + i;
        }
        return free;
    }

    @Override
    public void archive(String name) throws IOException {
        if (!expected.remove(name)) {
            throw new BackupException("The server sends an archive named '" + name + "': expected one of " + expected);
        }
        next(name);
    }

    @Override
    public void manifest() throws IOException {
        if (!expected.remove(BaseBackup.MANIFEST) || !expected.isEmpty()) {
            throw new BackupException("The server sends the manifest before the archives " + expected);
        }
        next(BaseBackup.MANIFEST);
    }

    private void next(String name) throws IOException {
        closePart();
        if (writer == null) {
            throw new BackupException("The server sends '" + name + "' before it said where the backup starts");
        }
        part = writer.part(name);
    }

    private void closePart() throws IOException {
        OutputStream open = part;
        part = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void data(byte[] buffer, int length) throws IOException {
        if (part == null) {
            throw new BackupException("The server sends data before it said of which archive it is");
        }
        part.write(buffer, 0, length);
        meter.add(length);
    }

    @Override
    public void ends(String lsn) throws IOException {
        endLsn = lsn;
        closePart();
    }

    /** Makes it exist. */
    Backup complete() throws IOException {
        if (writer == null || endLsn.isEmpty() || !expected.isEmpty()) {
            throw new BackupException("The server ended the backup without " + expected + ": take it again");
        }
        Backup backup = writer.complete(new BackupEnd(startLsn, endLsn, startedAt, clock.instant()));
        meter.tell();
        return backup;
    }

    /** Also when the thread was interrupted: the removal itself must not be. */
    @Override
    public void close() {
        if (writer != null) {
            boolean interrupted = Thread.interrupted();
            writer.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
