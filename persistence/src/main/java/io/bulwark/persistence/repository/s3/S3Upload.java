package io.bulwark.persistence.repository.s3;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import io.bulwark.persistence.repository.remote.Upload;
import io.bulwark.persistence.repository.s3.S3Settings.WriteOnce;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;

/**
 * One object on its way into a bucket. It carries a mark of its writer: when the answer to the last request is lost and the
 * SDK asks again, the server finds the object there, and the mark tells that it is ours.
 */
final class S3Upload implements Upload {
    private static final String MARK = "bulwark-writer";
    private static final String BYTES = "application/octet-stream";
    /** How often a write is tried again that met another request for the same key, as Amazon asks for. */
    private static final int CONFLICTS_MAX = 3;

    private final S3Client client;
    private final S3Settings settings;
    private final S3Troubles troubles;
    private final String key;
    private final String path;
    private final String mark;
    private final List<CompletedPart> sent = new ArrayList<>();
    private @Nullable String uploadId;

    /** @param mark of this writer, unlike every other's */
    S3Upload(S3Client client, S3Settings settings, S3Troubles troubles, String key, String mark) {
        this.client = client;
        this.settings = settings;
        this.troubles = troubles;
        this.key = key;
        this.path = settings.folder() + key;
        this.mark = mark;
    }

    @Override
    public void whole(byte[] bytes, int length) throws StoreTrouble {
        String crc = checksum(bytes, length);
        create(() -> client.putObject(
                put -> put.bucket(settings.bucket())
                        .key(path)
                        .metadata(Map.of(MARK, mark))
                        .checksumCRC32C(crc)
                        .ifNoneMatch(condition()),
                body(bytes, length)));
    }

    @Override
    public void part(int number, byte[] bytes, int length) throws StoreTrouble {
        String crc = checksum(bytes, length);
        try {
            String upload = uploadId();
            String tag = client.uploadPart(
                            part -> part.bucket(settings.bucket())
                                    .key(path)
                                    .uploadId(upload)
                                    .partNumber(number)
                                    .checksumCRC32C(crc),
                            body(bytes, length))
                    .eTag();
            sent.add(CompletedPart.builder()
                    .partNumber(number)
                    .eTag(tag)
                    .checksumCRC32C(crc)
                    .build());
        } catch (SdkException error) {
            throw troubles.of("write " + key, error);
        }
    }

    @Override
    public void complete() throws StoreTrouble {
        create(() -> client.completeMultipartUpload(complete -> complete.bucket(settings.bucket())
                .key(path)
                .uploadId(uploadId)
                .multipartUpload(parts -> parts.parts(sent))
                .ifNoneMatch(condition())));
    }

    @Override
    public void abort() throws StoreTrouble {
        if (uploadId == null) {
            return;
        }
        try {
            client.abortMultipartUpload(
                    abort -> abort.bucket(settings.bucket()).key(path).uploadId(uploadId));
        } catch (NoSuchUploadException gone) {
            return;
        } catch (SdkException error) {
            throw troubles.of("discard the unfinished " + key, error);
        }
    }

    @Override
    public String describe() {
        return key + " in " + settings.describe();
    }

    private String uploadId() {
        String known = uploadId;
        if (known == null) {
            known = client.createMultipartUpload(begin -> begin.bucket(settings.bucket())
                            .key(path)
                            .metadata(Map.of(MARK, mark))
                            .checksumAlgorithm(ChecksumAlgorithm.CRC32_C))
                    .uploadId();
            uploadId = known;
        }
        return known;
    }

    /** Makes the object visible, at most once, and only under a key that is free. */
    private void create(Runnable request) throws StoreTrouble {
        if (settings.writeOnce() == WriteOnce.BY_ASKING_FIRST && writtenBy() != null) {
            throw exists();
        }
        for (int conflicts = 0; ; conflicts++) {
            try {
                request.run();
                return;
            } catch (AwsServiceException answer) {
                if (!taken(answer)) {
                    throw troubles.of("write " + key, answer);
                }
                String writer = writtenBy();
                if (mark.equals(writer)) {
                    return;
                }
                if (writer != null) {
                    throw exists();
                }
                if (answer.statusCode() != 409 || conflicts == CONFLICTS_MAX) {
                    throw troubles.of("write " + key, answer);
                }
            } catch (SdkException error) {
                throw troubles.of("write " + key, error);
            }
        }
    }

    private StoreTrouble exists() {
        return new StoreTrouble(
                Kind.EXISTS,
                "Cannot write " + key + " in " + settings.describe()
                        + ": it is there already, and nothing is overwritten");
    }

    /** Whether the object may be there: somebody's, or ours by a request whose answer was lost. */
    private static boolean taken(AwsServiceException answer) {
        return answer.statusCode() == 412 || answer.statusCode() == 409 || answer instanceof NoSuchUploadException;
    }

    /** The mark of the object's writer, "" when it has none; null when there is no object. */
    private @Nullable String writtenBy() throws StoreTrouble {
        try {
            HeadObjectResponse found =
                    client.headObject(head -> head.bucket(settings.bucket()).key(path));
            return found.metadata().getOrDefault(MARK, "");
        } catch (AwsServiceException answer) {
            if (answer.statusCode() == 404) {
                return null;
            }
            throw troubles.of("look at " + key, answer);
        } catch (SdkException error) {
            throw troubles.of("look at " + key, error);
        }
    }

    private @Nullable String condition() {
        return switch (settings.writeOnce()) {
            case BY_SERVER -> "*";
            case BY_ASKING_FIRST -> null;
        };
    }

    /** Read anew for each attempt; not copied. */
    private static RequestBody body(byte[] bytes, int length) {
        return RequestBody.fromContentProvider(() -> new ByteArrayInputStream(bytes, 0, length), length, BYTES);
    }

    private static String checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(Integer.BYTES)
                        .putInt((int) crc.getValue())
                        .array());
    }
}
