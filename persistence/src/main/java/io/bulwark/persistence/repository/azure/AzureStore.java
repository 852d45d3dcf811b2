package io.bulwark.persistence.repository.azure;

import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.ListBlobsOptions;
import io.bulwark.persistence.repository.ObjectKeys;
import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.ObjectWriter;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import io.bulwark.persistence.repository.remote.PartPlan;
import io.bulwark.persistence.repository.remote.PartWriter;
import io.bulwark.persistence.repository.remote.RangeReader;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Objects as block blobs of a container. A writer and a reader hold two parts in memory (16 MiB by default; a writer more
 * when its object is longer than 5,000 parts), and the request under way about two more. A commit that ends UNREACHABLE may
 * have taken effect.
 */
public final class AzureStore implements ObjectStore {
    private static final int BLOCKS_MAX = 50_000;
    private static final int BLOCKS_OF_ONE_SIZE = 5_000;
    private static final int MARK_BYTES = 16;

    private final AzureSettings settings;
    private final JdkHttpClient http;
    private final BlobContainerClient container;
    private final AzureTroubles troubles;
    private final SecureRandom random = new SecureRandom();

    private AzureStore(AzureSettings settings, JdkHttpClient http) {
        this.settings = settings;
        this.http = http;
        this.container = AzureClients.open(settings, http);
        this.troubles = new AzureTroubles(settings.describe());
    }

    /** Opens the store, without a request: the container is asked for the first time when the store is used. */
    public static AzureStore open(AzureSettings settings) {
        return new AzureStore(settings, new JdkHttpClient(settings.limits()));
    }

    @Override
    public ObjectWriter create(String key) {
        ObjectKeys.require(key);
        byte[] mark = new byte[MARK_BYTES];
        random.nextBytes(mark);
        AzureUpload upload = new AzureUpload(
                container.getBlobClient(settings.folder() + key).getBlockBlobClient(),
                settings,
                troubles,
                key,
                HexFormat.of().formatHex(mark));
        return new PartWriter(upload, new PartPlan(settings.limits().partBytes(), BLOCKS_OF_ONE_SIZE, BLOCKS_MAX));
    }

    @Override
    public InputStream open(String key) throws StoreTrouble {
        ObjectKeys.require(key);
        return RangeReader.open(
                new AzureRanges(container.getBlobClient(settings.folder() + key), settings, troubles, key),
                settings.limits().partBytes());
    }

    @Override
    public Optional<Stored> stat(String key) throws StoreTrouble {
        ObjectKeys.require(key);
        try {
            long bytes = container
                    .getBlobClient(settings.folder() + key)
                    .getPropertiesWithResponse(null, settings.limits().callWithin(), Context.NONE)
                    .getValue()
                    .getBlobSize();
            return Optional.of(new Stored(key, bytes));
        } catch (RuntimeException error) {
            return emptyWhenMissing(troubles.of("look at " + key, error));
        }
    }

    @Override
    public List<Stored> list(String prefix) throws StoreTrouble {
        ObjectKeys.requirePrefix(prefix);
        ListBlobsOptions options = new ListBlobsOptions()
                .setPrefix(settings.folder() + prefix)
                .setDetails(new BlobListDetails().setRetrieveMetadata(true))
                .setMaxResultsPerPage(settings.limits().pageSize());
        List<Stored> found = new ArrayList<>();
        try {
            for (BlobItem item : container.listBlobs(options, settings.limits().callWithin())) {
                if (!isFolder(item)) {
                    found.add(new Stored(
                            item.getName().substring(settings.folder().length()),
                            item.getProperties().getContentLength()));
                }
            }
        } catch (RuntimeException error) {
            throw troubles.of("list \"" + prefix + "\"", error);
        }
        found.sort(Comparator.comparing(Stored::key));
        return List.copyOf(found);
    }

    @Override
    public void delete(String key) throws StoreTrouble {
        ObjectKeys.require(key);
        try {
            container
                    .getBlobClient(settings.folder() + key)
                    .deleteWithResponse(null, null, settings.limits().callWithin(), Context.NONE);
        } catch (RuntimeException error) {
            emptyWhenMissing(troubles.of("delete " + key, error));
        }
    }

    @Override
    public String describe() {
        return settings.describe();
    }

    @Override
    public void close() {
        http.close();
    }

    /** Accounts with a hierarchical namespace list their folders as blobs with this mark; consoles end one with a slash. */
    private static boolean isFolder(BlobItem item) {
        return item.getName().endsWith("/")
                || (item.getMetadata() != null && item.getMetadata().containsKey("hdi_isfolder"));
    }

    private static <T> Optional<T> emptyWhenMissing(StoreTrouble trouble) throws StoreTrouble {
        if (trouble.kind() == Kind.MISSING) {
            return Optional.empty();
        }
        throw trouble;
    }
}
