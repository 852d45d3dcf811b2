package io.bulwark.persistence.repository.s3;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import io.bulwark.persistence.repository.remote.RangeSource;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** One object of a bucket, read by ranges. An answer that ends early counts as a failed attempt, and is asked for again. */
final class S3Ranges implements RangeSource {
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int PRECONDITION_FAILED = 412;

    private final S3Client client;
    private final S3Settings settings;
    private final S3Troubles troubles;
    private final String key;
    private volatile @Nullable String tag;

    S3Ranges(S3Client client, S3Settings settings, S3Troubles troubles, String key) {
        this.client = client;
        this.settings = settings;
        this.troubles = troubles;
        this.key = key;
    }

    @Override
    public Range read(long offset, int length) throws StoreTrouble {
        try {
            return client.getObject(
                    get -> get.bucket(settings.bucket())
                            .key(settings.folder() + key)
                            .range("bytes=" + offset + "-" + (offset + length - 1))
                            .ifMatch(tag),
                    (answer, body) -> take(answer, body, length));
        } catch (AwsServiceException answer) {
            if (answer.statusCode() == RANGE_NOT_SATISFIABLE && offset == 0) {
                return new Range(new byte[0], 0);
            }
            if (answer.statusCode() == PRECONDITION_FAILED) {
                throw new StoreTrouble(
                        Kind.DAMAGED, describe() + " was replaced by somebody while it was read", answer);
            }
            throw troubles.of("read " + key, answer);
        } catch (SdkException error) {
            throw troubles.of("read " + key, error);
        }
    }

    @Override
    public String describe() {
        return key + " in " + settings.describe();
    }

    private Range take(GetObjectResponse answer, InputStream body, int length) {
        long declared = answer.contentLength() == null ? length : answer.contentLength();
        byte[] bytes = new byte[Math.toIntExact(Math.min(declared, length))];
        int got;
        try {
            got = body.readNBytes(bytes, 0, bytes.length);
        } catch (IOException broken) {
            throw RetryableException.create("the answer broke off", broken);
        }
        if (got < bytes.length) {
            throw RetryableException.create(
                    "the answer ended early",
                    new IOException("the answer ended after " + got + " of " + declared + " bytes"));
        }
        tag = answer.eTag();
        return new Range(bytes, objectBytes(answer.contentRange(), declared));
    }

    /** From {@code bytes 0-99/1234}; a server that sends the whole object has no such header. */
    private static long objectBytes(@Nullable String contentRange, long declared) {
        if (contentRange == null) {
            return declared;
        }
        try {
            return Long.parseLong(contentRange.substring(contentRange.lastIndexOf('/') + 1));
        } catch (NumberFormatException odd) {
            return declared;
        }
    }
}
