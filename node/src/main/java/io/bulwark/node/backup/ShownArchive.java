package io.bulwark.node.backup;

import io.bulwark.backup.ArchiveMode;
import io.bulwark.backup.ArchiveView;
import io.bulwark.persistence.archive.ArchiverStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** What is shown of the archive. */
final class ShownArchive {
    private ShownArchive() {}

    /** @param trouble why the server still keeps something for the archiver, and commits may wait for it */
    static ArchiveView off(Optional<String> trouble) {
        ArchiveView off = ArchiveView.OFF;
        return new ArchiveView(
                off.mode(),
                off.state(),
                off.archived(),
                off.lagBytes(),
                off.retainedBytes(),
                off.completeAt(),
                off.synchronous(),
                trouble.map(
                        why -> "the server may still keep log for the archiver, and let commits wait for it: " + why));
    }

    static ArchiveView of(
            ArchiveMode mode, Optional<ArchiverStatus> status, Optional<String> trouble, Optional<Instant> completeAt) {
        return new ArchiveView(
                mode,
                status.map(now -> now.state().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .orElse("connecting"),
                status.flatMap(ArchiverStatus::archived).map(Object::toString),
                status.map(ArchiverStatus::lagBytes).orElse(0L),
                status.flatMap(ArchiverStatus::slot)
                        .map(ArchiverStatus.Slot::retainedBytes)
                        .orElse(0L),
                completeAt,
                status.flatMap(ArchiverStatus::slot)
                        .filter(ArchiverStatus.Slot::synchronous)
                        .isPresent(),
                status.flatMap(ArchiverStatus::alarm)
                        .or(() -> status.flatMap(ArchiverStatus::trouble))
                        .or(() -> trouble));
    }
}
