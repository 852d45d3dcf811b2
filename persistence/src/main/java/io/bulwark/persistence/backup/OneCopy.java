package io.bulwark.persistence.backup;

import io.bulwark.persistence.backup.ArchiveReceiver.Tablespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Everything in one copy, each message of which begins with its type
 * (https://www.postgresql.org/docs/18/protocol-replication.html).
 */
final class OneCopy implements CopyForm {
    @Override
    public String command(BackupRequest request, boolean incremental) {
        return "BASE_BACKUP (LABEL " + request.quotedLabel() + ", PROGRESS true, CHECKPOINT '"
                + switch (request.checkpoint()) {
                    case FAST -> "fast";
                    case SPREAD -> "spread";
                }
                + "', WAL " + request.wal()
                + ", WAIT false, VERIFY_CHECKSUMS true, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256'"
                + (request.rateMaxKibibytes().isPresent()
                        ? ", MAX_RATE " + request.rateMaxKibibytes().getAsInt()
                        : "")
                + (incremental ? ", INCREMENTAL true" : "")
                + ")";
    }

    @Override
    public void begins(List<Tablespace> tablespaces, ArchiveReceiver receiver) {
        // The server names each archive.
    }

    @Override
    public void data(int length, ReplicationWire wire, ArchiveReceiver receiver) throws IOException {
        int kind = wire.character();
        int rest = length - 1;
        switch (kind) {
            case 'd' -> wire.handOn(rest, receiver);
            case 'n' -> receiver.archive(firstOf(wire.bytes(rest)));
            case 'm' -> receiver.manifest();
            case 'p' -> wire.skip(rest);
            default -> throw wire.unexpected("copy data", kind);
        }
    }

    /** Of two texts that each end with a zero. */
    private static String firstOf(byte[] texts) {
        int end = 0;
        while (texts[end] != 0) {
            end++;
        }
        return new String(texts, 0, end, StandardCharsets.UTF_8);
    }

    @Override
    public void ends(ArchiveReceiver receiver) {
        // Which the server says of the whole backup later.
    }
}
