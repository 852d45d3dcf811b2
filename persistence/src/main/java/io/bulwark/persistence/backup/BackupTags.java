package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The program's own tags of a backup: what a restore has to know before it reads a part. */
public final class BackupTags {
    static final String OWN = "bulwark.";

    private static final String WAL = OWN + "wal";
    private static final String LINEAGE = ServerFacts.LINEAGE_SETTING;
    private static final String CHECKSUMS = OWN + "page-checksums";
    private static final String FORCED = OWN + "full-because";
    private static final String TABLESPACE = OWN + "tablespace.";
    private static final String INCLUDED = "included";

    /** A backup has a bound on its tags; the rest of the tablespaces is told without their place. */
    private static final int TABLESPACES_MAX = 16;

    private static final int VALUE_CHARS_MAX = 900;

    private BackupTags() {}

    /**
     * @param forced why the backup is full though another kind was wanted
     * @param tablespaces their location on the server by oid
     */
    static Map<String, String> with(
            BackupRequest request, ServerFacts server, Optional<String> forced, Map<String, String> tablespaces) {
        Map<String, String> tags = new HashMap<>(request.tags());
        tags.put(WAL, request.wal() ? INCLUDED : "archive");
        tags.put(CHECKSUMS, server.pageChecksums() ? "on" : "off");
        forced.ifPresent(reason -> tags.put(FORCED, reason.substring(0, Math.min(reason.length(), VALUE_CHARS_MAX))));
        if (!server.lineage().isEmpty()) {
            tags.put(LINEAGE, server.lineage());
        }
        tablespaces.entrySet().stream()
                .limit(TABLESPACES_MAX)
                .forEach(entry -> tags.put(TABLESPACE + entry.getKey(), entry.getValue()));
        return tags;
    }

    /** Whether the backup has the WAL that a consistent restore needs. */
    public static boolean hasWal(Backup backup) {
        return INCLUDED.equals(backup.start().tags().get(WAL));
    }

    static boolean hasPageChecksums(Backup backup) {
        return "on".equals(backup.start().tags().get(CHECKSUMS));
    }

    /** See {@link ServerFacts#lineage}. */
    static String lineage(BackupStart start) {
        return start.tags().getOrDefault(LINEAGE, "");
    }

    /** Where the tablespace was on the server; empty when that was not kept. */
    static String location(Backup backup, String oid) {
        return backup.start().tags().getOrDefault(TABLESPACE + oid, "");
    }
}
