package io.bulwark.node.backup;

import io.bulwark.node.config.BackupConfig.Location;
import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import io.bulwark.persistence.repository.azure.AzureCredentials;
import io.bulwark.persistence.repository.azure.AzureSettings;
import io.bulwark.persistence.repository.azure.AzureStore;
import io.bulwark.persistence.repository.remote.RemoteLimits;
import io.bulwark.persistence.repository.s3.S3Credentials;
import io.bulwark.persistence.repository.s3.S3Settings;
import io.bulwark.persistence.repository.s3.S3Store;
import java.util.Map;

/** Stores that are reached over the network; their credentials come from the environment, by the names that are usual there. */
final class RemoteStores {
    private static final String AZURE_ACCOUNT = "AZURE_STORAGE_ACCOUNT";
    private static final String AZURE_KEY = "AZURE_STORAGE_KEY";
    private static final String AZURE_TOKEN = "AZURE_STORAGE_SAS_TOKEN";

    private RemoteStores() {}

    static ObjectStore open(Location.S3 at) throws StoreTrouble {
        return S3Store.open(new S3Settings(
                at.bucket(),
                at.folder(),
                at.endpoint(),
                at.region(),
                at.pathStyle(),
                new S3Credentials.Found(),
                at.byServer() ? S3Settings.WriteOnce.BY_SERVER : S3Settings.WriteOnce.BY_ASKING_FIRST,
                RemoteLimits.DEFAULT));
    }

    static ObjectStore open(Location.Azure at, Map<String, String> environment) throws StoreTrouble {
        AzureCredentials credentials = credentials(environment);
        return AzureStore.open(
                AzureSettings.of(at.endpoint(), at.container(), credentials).inFolder(at.folder()));
    }

    private static AzureCredentials credentials(Map<String, String> environment) throws StoreTrouble {
        String token = environment.getOrDefault(AZURE_TOKEN, "");
        String account = environment.getOrDefault(AZURE_ACCOUNT, "");
        String key = environment.getOrDefault(AZURE_KEY, "");
        if (!token.isEmpty()) {
            return new AzureCredentials.SharedAccess(token);
        }
        if (account.isEmpty() || key.isEmpty()) {
            throw new StoreTrouble(
                    Kind.DENIED,
                    "There are no credentials for Azure: set " + AZURE_ACCOUNT + " and " + AZURE_KEY + ", or "
                            + AZURE_TOKEN);
        }
        return new AzureCredentials.AccountKey(account, key);
    }
}
