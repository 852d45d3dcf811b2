package io.bulwark.persistence.repository.azure;

import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What an error of the SDK means. The sentences are made of the error's code and status and never of the server's text,
 * which can hold what was signed.
 */
final class AzureTroubles {
    private final String store;

    /** @param store the container and where it is */
    AzureTroubles(String store) {
        this.store = store;
    }

    private record Meaning(Kind kind, String sentence) {}

    /**
     * What happened, and what can be done.
     *
     * @param doing such as {@code write wal/1/000000010000000000000001}
     */
    StoreTrouble of(String doing, RuntimeException error) {
        BlobStorageException answer = answer(error);
        Meaning meaning = answer == null ? ofClient(error) : ofAnswer(answer);
        String details = answer == null ? "" : " (status " + answer.getStatusCode() + ", " + code(answer) + ")";
        return new StoreTrouble(
                meaning.kind(), "Cannot " + doing + " in " + store + ": " + meaning.sentence() + details, error);
    }

    /** The answer of the service; null when there was none. */
    static @Nullable BlobStorageException answer(RuntimeException error) {
        return cause(error, BlobStorageException.class);
    }

    private static String code(BlobStorageException answer) {
        BlobErrorCode code = answer.getErrorCode();
        return code == null ? "no code" : code.toString();
    }

    private static Meaning ofAnswer(BlobStorageException answer) {
        return switch (code(answer)) {
            case "ContainerNotFound", "ResourceNotFound", "ContainerDisabled", "ContainerBeingDeleted" ->
                new Meaning(Kind.FAILED, "there is no such container: create it, or correct its name or the endpoint");
            case "BlobNotFound" -> new Meaning(Kind.MISSING, "there is no such object");
            case "BlobAlreadyExists", "ConditionNotMet", "UnauthorizedBlobOverwrite" ->
                new Meaning(Kind.EXISTS, "it is there already, and nothing is overwritten");
            case "AuthenticationFailed",
                    "InvalidAuthenticationInfo",
                    "NoAuthenticationInformation",
                    "AccountIsDisabled" ->
                new Meaning(
                        Kind.DENIED,
                        "the service does not accept these credentials: correct or renew them, and check this machine's clock");
            case "BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold" ->
                new Meaning(Kind.DENIED, "a policy or a legal hold keeps the object");
            case "BlobArchived", "BlobBeingRehydrated" ->
                new Meaning(Kind.FAILED, "the object is in the archive tier: rehydrate it first");
            case "ServerBusy", "OperationTimedOut" ->
                new Meaning(Kind.THROTTLED, "the service asks to be called less often: try again later");
            case "Md5Mismatch" ->
                new Meaning(Kind.DAMAGED, "the bytes arrived differently from how they were sent: try again");
            case "InvalidBlockList", "InvalidBlobOrBlock" ->
                new Meaning(
                        Kind.FAILED,
                        "its blocks were dropped, because somebody else wrote or discarded the same object");
            case String _ -> ofStatus(answer.getStatusCode());
        };
    }

    private static Meaning ofStatus(int status) {
        return switch (status) {
            case 401, 403 ->
                new Meaning(
                        Kind.DENIED,
                        "these credentials are wrong, or not allowed to (needed: read, create, write, delete and list of blobs)");
            case 404 -> new Meaning(Kind.MISSING, "there is no such object");
            case 412 -> new Meaning(Kind.EXISTS, "it is there already, and nothing is overwritten");
            case 429, 503 -> new Meaning(Kind.THROTTLED, "the service asks to be called less often: try again later");
            case 507 -> new Meaning(Kind.FULL, "there is no space left");
            default ->
                status >= 500
                        ? new Meaning(Kind.UNREACHABLE, "the service is in trouble: try again later")
                        : new Meaning(Kind.FAILED, "the service refused the request");
        };
    }

    private static Meaning ofClient(RuntimeException error) {
        if (cause(error, UnresolvedAddressException.class) != null) {
            return new Meaning(Kind.UNREACHABLE, "the server's name is not known: correct the endpoint");
        }
        if (cause(error, TimeoutException.class) != null || cause(error, HttpTimeoutException.class) != null) {
            return new Meaning(Kind.UNREACHABLE, "the service did not answer in time");
        }
        if (cause(error, ConnectException.class) != null) {
            return new Meaning(Kind.UNREACHABLE, "nobody accepts a connection there");
        }
        IOException broken = cause(error, IOException.class);
        return broken == null
                ? new Meaning(Kind.FAILED, "the request failed on this side, see the cause")
                : new Meaning(Kind.UNREACHABLE, "the connection broke or timed out (" + broken + ")");
    }

    private static <T extends Throwable> @Nullable T cause(Throwable error, Class<T> type) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }
}
