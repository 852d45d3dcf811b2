package io.bulwark.persistence.scratch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line of a scratch server. Nothing is taken from the restored {@code postgresql.conf}, which some
 * installations keep outside of the data directory anyway, and what stands here outweighs what {@code ALTER SYSTEM} left in
 * {@code postgresql.auto.conf}; of that remain the recovery target and the restore command, which the restore wrote there.
 *
 * <p>While it recovers the server answers nobody ({@code hot_standby = off}): so it need not have as many connections,
 * workers and locks as the primary had.
 */
final class ScratchOptions {
    private static final int MAJOR_WITH_LIBRARY_AND_PROGRESS = 15;
    private static final int MAJOR_WITH_RESERVED = 16;
    private static final int MAJOR_WITH_EVENT_TRIGGERS = 17;
    private static final int MAJOR_WITH_ORIGINS = 18;

    /** It reaches nobody and is reached by nobody but us. */
    private static final Map<String, String> ALONE = Map.ofEntries(
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("unix_socket_directories", ""),
            Map.entry("ssl", "off"),
            Map.entry("external_pid_file", ""),
            Map.entry("archive_mode", "off"),
            Map.entry("archive_command", ""),
            Map.entry("archive_cleanup_command", ""),
            Map.entry("recovery_end_command", ""),
            Map.entry("primary_conninfo", ""),
            Map.entry("primary_slot_name", ""),
            Map.entry("synchronous_standby_names", ""),
            Map.entry("max_wal_senders", "0"),
            // A subscription would take from the publisher what is meant for the real server.
            Map.entry("max_logical_replication_workers", "0"),
            Map.entry("shared_preload_libraries", ""),
            Map.entry("session_preload_libraries", ""),
            Map.entry("local_preload_libraries", ""));

    /** It fits on a machine that is not the server's, and holds what the server may have had open. */
    private static final Map<String, String> SMALL = Map.ofEntries(
            Map.entry("hot_standby", "off"),
            Map.entry("wal_level", "replica"),
            Map.entry("superuser_reserved_connections", "0"),
            Map.entry("max_worker_processes", "8"),
            Map.entry("max_prepared_transactions", "200"),
            Map.entry("max_locks_per_transaction", "256"),
            Map.entry("max_replication_slots", "1000"),
            Map.entry("huge_pages", "off"),
            Map.entry("wal_buffers", "-1"),
            Map.entry("autovacuum", "off"),
            Map.entry("jit", "off"),
            Map.entry("restart_after_crash", "off"));

    /** It says into the log how far it is, and nothing of what is in the data. */
    private static final Map<String, String> TALKS = Map.ofEntries(
            Map.entry("logging_collector", "off"),
            Map.entry("log_destination", "stderr"),
            Map.entry("log_line_prefix", "%m [%p] "),
            Map.entry("log_timezone", "UTC"),
            Map.entry("timezone", "UTC"),
            Map.entry("lc_messages", "C"),
            Map.entry("log_min_messages", "warning"),
            Map.entry("log_min_error_statement", "panic"),
            Map.entry("log_statement", "none"),
            Map.entry("log_min_duration_statement", "-1"),
            Map.entry("log_checkpoints", "on"));

    private ScratchOptions() {}

    /**
     * As {@code postgres} takes them.
     *
     * @param major of the server, 14 or more
     * @param files a folder in which {@link #writeFiles} was
     */
    static List<String> of(int major, int port, Path files, ScratchSettings settings) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("config_file", files.resolve("postgresql.conf").toString());
        all.put("hba_file", files.resolve("pg_hba.conf").toString());
        all.put("ident_file", files.resolve("pg_ident.conf").toString());
        all.put("port", Integer.toString(port));
        all.put("max_connections", Integer.toString(settings.connectionsMax()));
        all.put("shared_buffers", settings.sharedBuffersMiB() + "MB");
        all.putAll(ALONE);
        all.putAll(SMALL);
        all.putAll(TALKS);
        if (major >= MAJOR_WITH_LIBRARY_AND_PROGRESS) {
            all.put("archive_library", "");
            all.put("log_startup_progress_interval", "1s");
        }
        if (major >= MAJOR_WITH_RESERVED) {
            all.put("reserved_connections", "0");
        }
        if (major >= MAJOR_WITH_EVENT_TRIGGERS) {
            all.put("event_triggers", "off");
            all.put("summarize_wal", "off");
            all.put("sync_replication_slots", "off");
        }
        if (major >= MAJOR_WITH_ORIGINS) {
            all.put("max_active_replication_origins", "1000");
        }
        List<String> options = new ArrayList<>();
        all.forEach((name, value) -> options.addAll(List.of("-c", name + "=" + value)));
        return options;
    }

    /**
     * Lets in this user alone, over TCP from this machine, with the password. The method {@code md5} takes SCRAM wherever
     * the password is kept as SCRAM, and old servers kept it otherwise.
     */
    static void writeFiles(Path files, String user) throws IOException {
        Files.createDirectories(files);
        Files.writeString(files.resolve("postgresql.conf"), "");
        Files.writeString(files.resolve("pg_ident.conf"), "");
        Files.writeString(
                files.resolve("pg_hba.conf"), "host all \"" + user.replace("\"", "\"\"") + "\" 127.0.0.1/32 md5\n");
    }
}
