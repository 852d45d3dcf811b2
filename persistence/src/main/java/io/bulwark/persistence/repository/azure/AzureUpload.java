package io.bulwark.persistence.repository.azure;

import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import io.bulwark.persistence.repository.remote.Upload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One blob on its way into a container. The names of its blocks begin with a mark of its writer, so that two writers of one
 * key do not mix theirs. The blob carries the mark too: when the answer to the last request is lost and the SDK asks again,
 * the service finds the blob there, and the mark tells that it is ours.
 */
final class AzureUpload implements Upload {
    private static final String MARK = "bulwarkwriter";

    private final BlockBlobClient blob;
    private final AzureSettings settings;
    private final AzureTroubles troubles;
    private final String key;
    private final String mark;
    private final List<String> staged = new ArrayList<>();

    /** @param mark of this writer, unlike every other's, and of the same length */
    AzureUpload(BlockBlobClient blob, AzureSettings settings, AzureTroubles troubles, String key, String mark) {
        this.blob = blob;
        this.settings = settings;
        this.troubles = troubles;
        this.key = key;
        this.mark = mark;
    }

    /** Blocks that a discarded writer left can count as a blob for this request, and never do for a list of blocks. */
    @Override
    public void whole(byte[] bytes, int length) throws StoreTrouble {
        RuntimeException refusal = create(() -> blob.uploadWithResponse(
                new BlockBlobSimpleUploadOptions(data(bytes, length))
                        .setContentMd5(md5(bytes, length))
                        .setMetadata(Map.of(MARK, mark))
                        .setRequestConditions(absent()),
                within(),
                Context.NONE));
        if (refusal != null) {
            if (length > 0) {
                part(1, bytes, length);
            }
            complete();
        }
    }

    @Override
    public void part(int number, byte[] bytes, int length) throws StoreTrouble {
        String name = String.format(Locale.ROOT, "%s-%06d", mark, number);
        String id = Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.US_ASCII));
        try {
            blob.stageBlockWithResponse(
                    new BlockBlobStageBlockOptions(id, data(bytes, length)).setContentMd5(md5(bytes, length)),
                    within(),
                    Context.NONE);
        } catch (RuntimeException error) {
            throw troubles.of("write " + key, error);
        }
        staged.add(id);
    }

    @Override
    public void complete() throws StoreTrouble {
        RuntimeException refusal = create(() -> blob.commitBlockListWithResponse(
                new BlockBlobCommitBlockListOptions(staged)
                        .setMetadata(Map.of(MARK, mark))
                        .setRequestConditions(absent()),
                within(),
                Context.NONE));
        if (refusal != null) {
            throw troubles.of("write " + key, refusal);
        }
    }

    /** The service forgets blocks that no blob has, and offers no way to remove them. */
    @Override
    public void abort() {}

    @Override
    public String describe() {
        return key + " in " + settings.describe();
    }

    /**
     * Makes the object visible, at most once, and only under a key that is free; null when it did, and what the service said
     * when it took the key for taken and there is no object.
     */
    private @Nullable RuntimeException create(Runnable request) throws StoreTrouble {
        try {
            request.run();
            return null;
        } catch (RuntimeException error) {
            BlobStorageException answer = AzureTroubles.answer(error);
            if (answer == null || (answer.getStatusCode() != 409 && answer.getStatusCode() != 412)) {
                throw troubles.of("write " + key, error);
            }
            String writer = writtenBy();
            if (writer == null) {
                return error;
            }
            if (!writer.equals(mark)) {
                throw new StoreTrouble(
                        Kind.EXISTS,
                        "Cannot write " + describe() + ": it is there already, and nothing is overwritten",
                        error);
            }
            return null;
        }
    }

    /** The mark of the blob's writer, "" when it has none; null when there is no blob. */
    private @Nullable String writtenBy() throws StoreTrouble {
        try {
            return blob.getPropertiesWithResponse(null, within(), Context.NONE)
                    .getValue()
                    .getMetadata()
                    .getOrDefault(MARK, "");
        } catch (RuntimeException error) {
            StoreTrouble trouble = troubles.of("look at " + key, error);
            if (trouble.kind() == Kind.MISSING) {
                return null;
            }
            throw trouble;
        }
    }

    private Duration within() {
        return settings.limits().callWithin();
    }

    private static BlobRequestConditions absent() {
        return new BlobRequestConditions().setIfNoneMatch("*");
    }

    /** Not copied, and can be read again for another attempt. */
    private static BinaryData data(byte[] bytes, int length) {
        return BinaryData.fromByteBuffer(ByteBuffer.wrap(bytes, 0, length));
    }

    private static byte[] md5(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
