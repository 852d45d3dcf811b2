package io.bulwark.node.backup;

import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** As whom a restored server is asked: it has the roles of the one that was backed up, with their passwords. */
public final class RestoredCredentials {
    private static final String DATABASE = "bulwark";

    private RestoredCredentials() {}

    /**
     * The configured ones of the server that was backed up, else those of the database that a node brings, which stand in
     * the file beside its data.
     *
     * @throws IllegalArgumentException when there are none
     */
    public static Database of(BackupConfig backup, NodeConfig config) {
        NodeConfig.Database named = backup.source().orElseGet(config::database);
        Path own = config.dataDir().resolve("postgres");
        return named.url()
                .map(url -> new Database(url, named.user(), named.password()))
                .or(() -> EmbeddedPostgres.owner(own)
                        .map(owner ->
                                new Database("jdbc:postgresql:" + owner.database(), owner.user(), owner.password())))
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "As whom the restored server is to be asked is not known:"
                                        + " there is no password in " + own
                                        + "; give --user and --password-file, or BULWARK_BACKUP_DATABASE_URL, _USER and _PASSWORD"));
    }

    /**
     * These, for when the machine with the others is lost.
     *
     * @param passwordFile its first line is the password
     */
    public static Database given(BackupConfig backup, NodeConfig config, String user, Path passwordFile) {
        Optional<String> url = backup.source().orElseGet(config::database).url();
        try {
            String password = Files.readString(passwordFile).lines().findFirst().orElse("");
            return new Database(url.orElse("jdbc:postgresql:" + DATABASE), user, password);
        } catch (IOException e) {
            throw new UncheckedIOException("The password file " + passwordFile + " cannot be read: " + e, e);
        }
    }
}
