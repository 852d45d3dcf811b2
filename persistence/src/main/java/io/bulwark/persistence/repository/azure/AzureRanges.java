package io.bulwark.persistence.repository.azure;

import com.azure.core.util.Context;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.models.BlobDownloadHeaders;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.DownloadRetryOptions;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import io.bulwark.persistence.repository.remote.RangeSource;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** One blob, read by ranges. */
final class AzureRanges implements RangeSource {
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int PRECONDITION_FAILED = 412;

    private final BlobClient blob;
    private final AzureSettings settings;
    private final AzureTroubles troubles;
    private final String key;
    private volatile @Nullable String tag;

    AzureRanges(BlobClient blob, AzureSettings settings, AzureTroubles troubles, String key) {
        this.blob = blob;
        this.settings = settings;
        this.troubles = troubles;
        this.key = key;
    }

    @Override
    public Range read(long offset, int length) throws StoreTrouble {
        try {
            Collected bytes = new Collected();
            BlobDownloadHeaders answer = blob.downloadStreamWithResponse(
                            bytes,
                            new BlobRange(offset, (long) length),
                            new DownloadRetryOptions()
                                    .setMaxRetryRequests(settings.limits().attemptsMax() - 1),
                            new BlobRequestConditions().setIfMatch(tag),
                            false,
                            settings.limits().callWithin(),
                            Context.NONE)
                    .getDeserializedHeaders();
            tag = answer.getETag();
            return new Range(bytes.array(), objectBytes(answer.getContentRange(), bytes.size()));
        } catch (RuntimeException error) {
            BlobStorageException answer = AzureTroubles.answer(error);
            if (answer != null && answer.getStatusCode() == RANGE_NOT_SATISFIABLE && offset == 0) {
                return new Range(new byte[0], 0);
            }
            if (answer != null && answer.getStatusCode() == PRECONDITION_FAILED) {
                throw new StoreTrouble(Kind.DAMAGED, describe() + " was replaced by somebody while it was read", error);
            }
            throw troubles.of("read " + key, error);
        }
    }

    @Override
    public String describe() {
        return key + " in " + settings.describe();
    }

    /** An answer comes in one piece, which fits exactly: so it is copied once. */
    private static final class Collected extends ByteArrayOutputStream {
        Collected() {
            super(0);
        }

        byte[] array() {
            return count == buf.length ? buf : toByteArray();
        }
    }

    /** From {@code bytes 0-99/1234}; without it, the whole object was sent. */
    private static long objectBytes(@Nullable String contentRange, int sent) {
        if (contentRange == null) {
            return sent;
        }
        try {
            return Long.parseLong(contentRange.substring(contentRange.lastIndexOf('/') + 1));
        } catch (NumberFormatException odd) {
            return sent;
        }
    }
}
