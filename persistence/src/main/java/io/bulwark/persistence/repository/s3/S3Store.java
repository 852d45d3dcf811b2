package io.bulwark.persistence.repository.s3;

import io.bulwark.persistence.repository.ObjectKeys;
import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.ObjectWriter;
import io.bulwark.persistence.repository.StoreTrouble;
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
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/**
 * Objects in a bucket. A writer and a reader hold two parts in memory (16 MiB by default; a writer more when its object is
 * longer than 1,000 parts), and the request under way about one more. A commit that ends UNREACHABLE may have taken effect.
 */
public final class S3Store implements ObjectStore {
    private static final int PARTS_MAX = 10_000;
    private static final int PARTS_OF_ONE_SIZE = 1_000;
    private static final int MARK_BYTES = 16;
    private static final int NOT_FOUND = 404;
    /** Consoles keep an empty folder as an object whose key ends like this. */
    private static final String FOLDER_MARK = "/";

    private final S3Settings settings;
    private final S3Client client;
    private final S3Troubles troubles;
    private final SecureRandom random = new SecureRandom();
    /** An answer to HEAD does not tell a missing bucket from a missing object, until one request has succeeded. */
    private volatile boolean bucketSeen;

    private S3Store(S3Settings settings, S3Client client) {
        this.settings = settings;
        this.client = client;
        this.troubles = new S3Troubles(settings.describe());
    }

    /**
     * Opens the store, without a request: the bucket is asked for the first time when the store is used.
     *
     * @throws StoreTrouble DENIED or FAILED when the settings are not enough, such as no region
     */
    public static S3Store open(S3Settings settings) throws StoreTrouble {
        try {
            return new S3Store(settings, S3Clients.open(settings));
        } catch (SdkClientException lacking) {
            throw new S3Troubles(settings.describe()).of("open the store", lacking);
        }
    }

    @Override
    public ObjectWriter create(String key) {
        ObjectKeys.require(key);
        byte[] mark = new byte[MARK_BYTES];
        random.nextBytes(mark);
        S3Upload upload =
                new S3Upload(client, settings, troubles, key, HexFormat.of().formatHex(mark));
        return new PartWriter(upload, new PartPlan(settings.limits().partBytes(), PARTS_OF_ONE_SIZE, PARTS_MAX));
    }

    @Override
    public InputStream open(String key) throws StoreTrouble {
        ObjectKeys.require(key);
        return RangeReader.open(
                new S3Ranges(client, settings, troubles, key), settings.limits().partBytes());
    }

    @Override
    public Optional<Stored> stat(String key) throws StoreTrouble {
        ObjectKeys.require(key);
        try {
            HeadObjectResponse found =
                    client.headObject(head -> head.bucket(settings.bucket()).key(settings.folder() + key));
            bucketSeen = true;
            return Optional.of(new Stored(key, found.contentLength()));
        } catch (AwsServiceException answer) {
            if (answer.statusCode() != NOT_FOUND) {
                throw troubles.of("look at " + key, answer);
            }
            requireBucket();
            return Optional.empty();
        } catch (SdkException error) {
            throw troubles.of("look at " + key, error);
        }
    }

    @Override
    public List<Stored> list(String prefix) throws StoreTrouble {
        ObjectKeys.requirePrefix(prefix);
        ListObjectsV2Request request = ListObjectsV2Request.builder()
                .bucket(settings.bucket())
                .prefix(settings.folder() + prefix)
                .maxKeys(settings.limits().pageSize())
                .build();
        List<Stored> found = new ArrayList<>();
        try {
            for (ListObjectsV2Response page : client.listObjectsV2Paginator(request)) {
                page.contents().stream()
                        .filter(object -> !object.key().endsWith(FOLDER_MARK))
                        .map(object -> new Stored(
                                object.key().substring(settings.folder().length()), object.size()))
                        .forEach(found::add);
            }
        } catch (SdkException error) {
            throw troubles.of("list \"" + prefix + "\"", error);
        }
        bucketSeen = true;
        found.sort(Comparator.comparing(Stored::key));
        return List.copyOf(found);
    }

    @Override
    public void delete(String key) throws StoreTrouble {
        ObjectKeys.require(key);
        try {
            client.deleteObject(delete -> delete.bucket(settings.bucket()).key(settings.folder() + key));
        } catch (AwsServiceException answer) {
            if (!S3Troubles.code(answer).equals("NoSuchKey")) {
                throw troubles.of("delete " + key, answer);
            }
        } catch (SdkException error) {
            throw troubles.of("delete " + key, error);
        }
    }

    @Override
    public String describe() {
        return settings.describe();
    }

    @Override
    public void close() {
        client.close();
    }

    private void requireBucket() throws StoreTrouble {
        if (bucketSeen) {
            return;
        }
        try {
            client.listObjectsV2(list -> list.bucket(settings.bucket()).maxKeys(1));
            bucketSeen = true;
        } catch (SdkException error) {
            throw troubles.of("look into the bucket", error);
        }
    }
}
