package io.bulwark.persistence.repository.azure;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.bulwark.persistence.repository.remote.RemoteLimits;
import java.time.Duration;

/** The SDK's client, as the settings want it. */
final class AzureClients {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    private AzureClients() {}

    static BlobContainerClient open(AzureSettings settings, JdkHttpClient http) {
        RemoteLimits limits = settings.limits();
        BlobContainerClientBuilder builder = new BlobContainerClientBuilder()
                .endpoint(settings.endpoint().toString())
                .containerName(settings.container())
                .httpClient(http)
                .retryOptions(new RequestRetryOptions(
                        RetryPolicyType.EXPONENTIAL,
                        limits.attemptsMax(),
                        limits.attemptWithin(),
                        FIRST_PAUSE,
                        LONGEST_PAUSE,
                        null));
        return switch (settings.credentials()) {
            case AzureCredentials.AccountKey(String account, String key) ->
                builder.credential(new StorageSharedKeyCredential(account, key)).buildClient();
            case AzureCredentials.SharedAccess(String token) ->
                builder.sasToken(token).buildClient();
        };
    }
}
