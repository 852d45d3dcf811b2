package io.bulwark.persistence.backup;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a restored server reads at its first start, in {@code postgresql.auto.conf}.
 *
 * <p>The server always recovers as from an archive and so goes on on a timeline of its own: two servers that came from one
 * backup never write the same WAL file with different content, and the next backup is a full one. Without a restore
 * command it has only the WAL of the backup, and one that always fails says so.
 */
final class RecoverySettings {
    private static final String NO_ARCHIVE = "false";
    private static final List<String> TARGETS = List.of(
            "recovery_target",
            "recovery_target_time",
            "recovery_target_lsn",
            "recovery_target_name",
            "recovery_target_xid");

    private RecoverySettings() {}

    /**
     * Targets of an earlier restore are taken back first, because the server refuses to have two.
     *
     * @param before what the file of the backup says
     * @param more settings that the caller wants
     * @param lineage see {@link ServerFacts#lineage}
     */
    static String rewrite(String before, Optional<Recovery> recovery, Map<String, String> more, String lineage) {
        StringBuilder text = new StringBuilder(before.lines()
                .filter(Predicate.not(RecoverySettings::isOurs))
                .map(line -> line + "\n")
                .collect(Collectors.joining()));
        var target = recovery.map(wanted -> wanted.point().target()).orElse(Map.<String, String>of());
        for (String name : TARGETS) {
            if (!target.containsKey(name)) {
                setting(text, name, "");
            }
        }
        target.forEach((name, value) -> setting(text, name, value));
        setting(text, "recovery_target_inclusive", "on");
        setting(text, "recovery_target_timeline", "latest");
        setting(text, "recovery_target_action", "promote");
        setting(text, "restore_command", recovery.map(Recovery::restoreCommand).orElse(NO_ARCHIVE));
        setting(text, ServerFacts.LINEAGE_SETTING, lineage);
        new TreeMap<>(more).forEach((name, value) -> setting(text, name, value));
        return text.toString();
    }

    private static boolean isOurs(String line) {
        String start = line.strip();
        return start.startsWith("recovery_target")
                || start.startsWith("restore_command")
                || start.startsWith(ServerFacts.LINEAGE_SETTING);
    }

    private static void setting(StringBuilder text, String name, String value) {
        text.append(name)
                .append(" = '")
                .append(value.replace("\\", "\\\\").replace("'", "''"))
                .append("'\n");
    }

    /** The label of a combined backup is that of a full one. */
    static String wholeLabel(String label) {
        return label.lines()
                .filter(line -> !line.startsWith("INCREMENTAL FROM "))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }
}
