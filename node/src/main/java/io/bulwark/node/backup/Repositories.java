package io.bulwark.node.backup;

import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.BackupConfig.Location;
import io.bulwark.persistence.repository.DirectoryStore;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import java.time.InstantSource;
import java.util.Map;

/** Opens repositories as they are configured. */
public final class Repositories {
    private Repositories() {}

    /**
     * Opens it, and makes it where there is none yet.
     *
     * @param environment of this process, which may hold keys and credentials
     * @throws StoreTrouble when the store or the keys cannot be used
     */
    public static Repository open(BackupConfig config, Map<String, String> environment, InstantSource clock)
            throws StoreTrouble {
        KeyRing keys = config.keyFile().isPresent()
                ? KeyRing.of(config.keyFile().get())
                : KeyRing.ofEnvironment(environment, BackupConfig.KEYS_VARIABLE);
        return Repository.open(store(config.location(), environment, clock), keys, clock);
    }

    private static ObjectStore store(Location location, Map<String, String> environment, InstantSource clock)
            throws StoreTrouble {
        return switch (location) {
            case Location.Folder(var path) -> DirectoryStore.open(path, clock);
            case Location.S3 s3 -> RemoteStores.open(s3);
            case Location.Azure azure -> RemoteStores.open(azure, environment);
        };
    }
}
