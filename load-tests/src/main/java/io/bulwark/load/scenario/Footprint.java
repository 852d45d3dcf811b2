package io.bulwark.load.scenario;

import io.bulwark.load.client.BulwarkClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads how much a node and its database take: heap, resident memory, tables. For one thread. */
final class Footprint {
    /** The tables that a load writes into. */
    static final List<String> TABLES = List.of("operation", "event_journal", "snapshot");

    private static final Pattern HEAP =
            Pattern.compile("(?m)^jvm_memory_used_bytes\\{[^}]*area=\"heap\"[^}]*\\} ([0-9.eE+-]+)$");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");
    private static final String SIZE =
            "SELECT pg_total_relation_size(relid), n_live_tup FROM pg_stat_user_tables WHERE relname = ?";
    private static final double MEGABYTE = 1e6;

    private final BulwarkClient management;
    private final long pid;
    private final Connection database;

    /** @param management a client of the node's Management */
    Footprint(BulwarkClient management, long pid, Connection database) {
        this.management = management;
        this.pid = pid;
        this.database = database;
    }

    /** All of it now, by the names of the gauges; sizes in megabytes of 1,000,000 bytes. */
    Map<String, Double> read() {
        Map<String, Double> gauges = new HashMap<>();
        gauges.put("heapMegabytes", heapMegabytes());
        gauges.put("residentMegabytes", residentMegabytes());
        TABLES.forEach(table -> gauges.putAll(table(table)));
        return gauges;
    }

    /**
     * Asks the node's JVM for a full collection and reads what is left: the only heap that says whether something is
     * kept. Empty where no {@code jcmd} can reach it.
     */
    Optional<Double> heapAfterCollection() {
        try {
            return Optional.of(Heap.afterCollection(pid) / MEGABYTE);
        } catch (IllegalStateException e) {
            return Optional.empty();
        }
    }

    private double heapMegabytes() {
        return heapMegabytes(management.get("/metrics").body());
    }

    /** Of the text that Prometheus reads. */
    static double heapMegabytes(String metrics) {
        return HEAP.matcher(metrics)
                        .results()
                        .mapToDouble(found -> Double.parseDouble(found.group(1)))
                        .sum()
                / MEGABYTE;
    }

    private double residentMegabytes() {
        try {
            return RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(pid), "status")))
                    .results()
                    .mapToDouble(found -> Double.parseDouble(found.group(1)) * 1024 / MEGABYTE)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException("The memory of process " + pid + " could not be read", e);
        }
    }

    private Map<String, Double> table(String name) {
        try (PreparedStatement query = database.prepareStatement(SIZE)) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("The database has no table " + name);
                }
                return Map.of(gauge(name), row.getLong(1) / MEGABYTE, name + "Rows", (double) row.getLong(2));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The size of the table " + name + " could not be read", e);
        }
    }

    /** The name of the gauge of a table's size, with its indexes. */
    static String gauge(String table) {
        return table + "Megabytes";
    }
}
