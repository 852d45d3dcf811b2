package io.bulwark.persistence.repository.azure;

import io.bulwark.grammar.Ranges;
import io.bulwark.persistence.repository.ObjectKeys;
import io.bulwark.persistence.repository.remote.RemoteLimits;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Where a container is and how it is used.
 *
 * @param endpoint of the storage account, such as {@code https://account.blob.core.windows.net}
 * @param container its name, which must exist
 * @param folder what stands before every key, with a slash at its end; "" for none
 * @param limits one attempt takes 1 s at least, because the SDK counts in seconds
 */
public record AzureSettings(
        URI endpoint, String container, String folder, AzureCredentials credentials, RemoteLimits limits) {
    private static final Pattern CONTAINER = Pattern.compile("[a-z0-9$][a-z0-9-]{2,62}");

    /** @throws IllegalArgumentException when a member is not what is expected; the message names it */
    public AzureSettings {
        if (!CONTAINER.matcher(container).matches()) {
            throw new IllegalArgumentException("The Azure container is \"" + container
                    + "\": expected 3 to 63 lower-case letters, digits and hyphens");
        }
        if (!folder.isEmpty() && !folder.endsWith("/")) {
            throw new IllegalArgumentException("The Azure folder is \"" + folder + "\": expected a slash at its end");
        }
        ObjectKeys.requirePrefix(folder);
        Ranges.check("attemptWithin", limits.attemptWithin(), Duration.ofSeconds(1), Duration.ofHours(1));
        boolean web = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
        if (!web || endpoint.getHost() == null || endpoint.getUserInfo() != null || endpoint.getQuery() != null) {
            throw new IllegalArgumentException("The Azure endpoint is at \"" + endpoint.getHost()
                    + "\": expected https://account.blob.core.windows.net, without a user or a query");
        }
    }

    /** Everything else as it is by default. */
    public static AzureSettings of(URI endpoint, String container, AzureCredentials credentials) {
        return new AzureSettings(endpoint, container, "", credentials, RemoteLimits.DEFAULT);
    }

    /** The same with these bounds. */
    public AzureSettings with(RemoteLimits newLimits) {
        return new AzureSettings(endpoint, container, folder, credentials, newLimits);
    }

    /** The same in this folder of the container. */
    public AzureSettings inFolder(String newFolder) {
        return new AzureSettings(endpoint, container, newFolder, credentials, limits);
    }

    /** The container and where it is, for people. */
    String describe() {
        return "Azure container " + container + (folder.isEmpty() ? "" : "/" + folder) + " at " + endpoint;
    }
}
