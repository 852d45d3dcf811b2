package io.bulwark.persistence.journal;

import io.bulwark.persistence.database.Database;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings of akka-persistence-jdbc that name the database, for {@code ConfigFactory.parseMap}. */
public final class JournalSettings {
    private static final String SHARED = "akka-persistence-jdbc.shared-databases.slick.";

    private JournalSettings() {}

    /**
     * By path. Journal and snapshot store are to name {@code use-shared-db = "slick"}.
     *
     * @param connectionsMax of the journal's own pool, 1 or more; Slick refuses a pool whose threads are more than its
     *     connections, so both are set to this
     */
    public static Map<String, Object> of(Database database, int connectionsMax) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put(SHARED + "profile", "slick.jdbc.PostgresProfile$");
        settings.put(SHARED + "db.driver", "org.postgresql.Driver");
        settings.put(SHARED + "db.url", database.url());
        settings.put(SHARED + "db.user", database.user());
        settings.put(SHARED + "db.password", database.password());
        settings.put(SHARED + "db.numThreads", connectionsMax);
        settings.put(SHARED + "db.maxConnections", connectionsMax);
        settings.put(SHARED + "db.minConnections", 1);
        // Slick waits three minutes by default; a persist is long over by then.
        settings.put(SHARED + "db.connectionTimeout", 5_000);
        settings.put(SHARED + "db.validationTimeout", 5_000);
        settings.put(SHARED + "db.properties.socketTimeout", "30");
        // One persist of many entities is one batch; this makes it one round trip.
        settings.put(SHARED + "db.properties.reWriteBatchedInserts", "true");
        settings.put(SHARED + "db.properties.ApplicationName", "bulwark-journal");
        return settings;
    }
}
