package io.bulwark.persistence.repository.s3;

import io.bulwark.persistence.repository.ObjectKeys;
import io.bulwark.persistence.repository.remote.RemoteLimits;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a bucket is and how it is used.
 *
 * @param bucket its name, which must exist
 * @param folder what stands before every key, with a slash at its end; "" for none
 * @param endpoint of a server that is not Amazon's, such as {@code https://minio.example:9000}; empty for Amazon's
 * @param region such as {@code eu-central-1}; when empty, {@code us-east-1} with an endpoint, and otherwise what the AWS SDK
 *     finds by itself
 * @param pathStyle whether the bucket stands in the path instead of the host's name, as most servers that are not Amazon's
 *     want it
 */
public record S3Settings(
        String bucket,
        String folder,
        Optional<URI> endpoint,
        Optional<String> region,
        boolean pathStyle,
        S3Credentials credentials,
        WriteOnce writeOnce,
        RemoteLimits limits) {
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{1,254}");

    /** How it is made sure that no object is overwritten. */
    public enum WriteOnce {
        /**
         * By the server, with {@code If-None-Match: *}: exactly one of several writers wins. Amazon S3 does it, and so do
         * current MinIO, Ceph and R2. A server that does not know the header refuses it, or (to be found out with a test
         * before it is trusted) passes over it.
         */
        BY_SERVER,
        /**
         * By asking for the object first. Two writers of one key at the same moment can both succeed, and the later one
         * stays: only for servers that cannot do better, and with one writer.
         */
        BY_ASKING_FIRST
    }

    /** @throws IllegalArgumentException when a member is not what is expected; the message names it */
    public S3Settings {
        if (!BUCKET.matcher(bucket).matches()) {
            throw new IllegalArgumentException(
                    "The S3 bucket is \"" + bucket + "\": expected a name of letters, digits and . _ - :");
        }
        if (!folder.isEmpty() && !folder.endsWith("/")) {
            throw new IllegalArgumentException("The S3 folder is \"" + folder + "\": expected a slash at its end");
        }
        ObjectKeys.requirePrefix(folder);
        endpoint.ifPresent(S3Settings::checkEndpoint);
    }

    /** A bucket of Amazon's, with everything else as it is by default. */
    public static S3Settings amazon(String bucket, String region) {
        return new S3Settings(
                bucket,
                "",
                Optional.empty(),
                Optional.of(region),
                false,
                new S3Credentials.Found(),
                WriteOnce.BY_SERVER,
                RemoteLimits.DEFAULT);
    }

    /** A bucket of another server, with everything else as it is by default. */
    public static S3Settings server(URI endpoint, String bucket, S3Credentials credentials) {
        return new S3Settings(
                bucket,
                "",
                Optional.of(endpoint),
                Optional.empty(),
                true,
                credentials,
                WriteOnce.BY_SERVER,
                RemoteLimits.DEFAULT);
    }

    /** The same with these bounds. */
    public S3Settings with(RemoteLimits newLimits) {
        return new S3Settings(bucket, folder, endpoint, region, pathStyle, credentials, writeOnce, newLimits);
    }

    /** The same in this folder of the bucket. */
    public S3Settings inFolder(String newFolder) {
        return new S3Settings(bucket, newFolder, endpoint, region, pathStyle, credentials, writeOnce, limits);
    }

    /** The same with this way to write once. */
    public S3Settings with(WriteOnce newWriteOnce) {
        return new S3Settings(bucket, folder, endpoint, region, pathStyle, credentials, newWriteOnce, limits);
    }

    /** The bucket and where it is, for people. */
    String describe() {
        String where = endpoint.map(URI::toString)
                .or(() -> region.map(name -> "Amazon S3, " + name))
                .orElse("Amazon S3");
        return "s3://" + bucket + (folder.isEmpty() ? "" : "/" + folder) + " at " + where;
    }

    private static void checkEndpoint(URI uri) {
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!web || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "The S3 endpoint is \"" + withoutUser(uri) + "\": expected http(s)://host or http(s)://host:port");
        }
        if (uri.getUserInfo() != null || uri.getQuery() != null) {
            throw new IllegalArgumentException("The S3 endpoint is \"" + withoutUser(uri)
                    + "\" with a user or a query: expected neither, give the credentials on their own");
        }
    }

    private static String withoutUser(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }
}
