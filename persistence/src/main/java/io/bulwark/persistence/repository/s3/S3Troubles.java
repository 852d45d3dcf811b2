package io.bulwark.persistence.repository.s3;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What an error of the SDK means. The sentences are made of the error's code and status and never of the server's text,
 * which can hold what was signed.
 */
final class S3Troubles {
    private final String store;

    /** @param store the bucket and where it is */
    S3Troubles(String store) {
        this.store = store;
    }

    private record Meaning(Kind kind, String sentence) {}

    /**
     * What happened, and what can be done.
     *
     * @param doing such as {@code write wal/1/000000010000000000000001}
     */
    StoreTrouble of(String doing, SdkException error) {
        String details = "";
        Meaning meaning;
        if (error instanceof AwsServiceException answer) {
            details = " (status " + answer.statusCode() + ", " + code(answer) + ", request " + answer.requestId() + ")";
            meaning = ofAnswer(answer);
        } else {
            meaning = ofClient(error);
        }
        return new StoreTrouble(
                meaning.kind(), "Cannot " + doing + " in " + store + ": " + meaning.sentence() + details, error);
    }

    /** The error's name in S3's vocabulary; its status when the server gave none. */
    static String code(AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        String code = details == null ? null : details.errorCode();
        return code == null || code.isBlank() ? "no code" : code;
    }

    private static Meaning ofAnswer(AwsServiceException answer) {
        return switch (code(answer)) {
            case "NoSuchBucket" ->
                new Meaning(Kind.FAILED, "there is no such bucket: create it, or correct its name or the endpoint");
            case "NoSuchKey" -> new Meaning(Kind.MISSING, "there is no such object");
            case "NoSuchUpload" ->
                new Meaning(Kind.FAILED, "its multipart upload was ended by somebody else, perhaps a lifecycle rule");
            case "PreconditionFailed" -> new Meaning(Kind.EXISTS, "it is there already, and nothing is overwritten");
            case "ConditionalRequestConflict", "OperationAborted" ->
                new Meaning(Kind.FAILED, "somebody else writes or deletes the same object: try again");
            case "InvalidAccessKeyId",
                    "SignatureDoesNotMatch",
                    "ExpiredToken",
                    "InvalidToken",
                    "TokenRefreshRequired" ->
                new Meaning(Kind.DENIED, "the server does not accept these credentials: correct or renew them");
            case "RequestTimeTooSkewed", "RequestExpired" ->
                new Meaning(Kind.DENIED, "this machine's clock differs from the server's: set it");
            case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException" ->
                new Meaning(Kind.FAILED, "the bucket is in another region: correct the region");
            case "QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "ServiceQuotaExceeded" ->
                new Meaning(Kind.FULL, "there is no space left: free some, or raise the quota");
            case "BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch" ->
                new Meaning(Kind.DAMAGED, "the bytes arrived differently from how they were sent: try again");
            case "InvalidObjectState" ->
                new Meaning(Kind.FAILED, "the object is in an archive class: restore it there first");
            case "NotImplemented" ->
                new Meaning(
                        Kind.FAILED,
                        "the server cannot do this; if it does not know If-None-Match, set it to be asked first");
            case String _ -> ofStatus(answer);
        };
    }

    /** An answer to HEAD has no body and so no code; Amazon's 503 always asks for fewer requests. */
    private static Meaning ofStatus(AwsServiceException answer) {
        int status = answer.statusCode();
        if (answer.isThrottlingException() || status == 429 || status == 503) {
            return new Meaning(Kind.THROTTLED, "the server asks to be called less often: try again later");
        }
        return switch (status) {
            case 401, 403 ->
                new Meaning(
                        Kind.DENIED,
                        "these credentials are wrong, or not allowed to (needed: s3:PutObject, s3:GetObject, s3:DeleteObject,"
                                + " s3:ListBucket, s3:AbortMultipartUpload), or the object is locked");
            case 404 -> new Meaning(Kind.MISSING, "there is no such object");
            case 412 -> new Meaning(Kind.EXISTS, "it is there already, and nothing is overwritten");
            case 507 -> new Meaning(Kind.FULL, "there is no space left: free some, or raise the quota");
            default ->
                status >= 500
                        ? new Meaning(Kind.UNREACHABLE, "the server is in trouble: try again later")
                        : new Meaning(Kind.FAILED, "the server refused the request");
        };
    }

    private static Meaning ofClient(SdkException error) {
        if (error instanceof ApiCallTimeoutException || error instanceof ApiCallAttemptTimeoutException) {
            return new Meaning(Kind.UNREACHABLE, "the server did not answer in time");
        }
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return new Meaning(
                        Kind.UNREACHABLE, "the server's name is not known: correct the endpoint or the region");
            }
            if (cause instanceof ConnectException) {
                return new Meaning(Kind.UNREACHABLE, "nobody accepts a connection there");
            }
            if (cause instanceof IOException) {
                return new Meaning(Kind.UNREACHABLE, "the connection broke or timed out (" + cause + ")");
            }
        }
        String message = String.valueOf(error.getMessage());
        if (message.contains("Unable to load region")) {
            return new Meaning(Kind.FAILED, "no region was found: give it, such as eu-central-1");
        }
        return message.contains("credentials")
                ? new Meaning(
                        Kind.DENIED, "no credentials were found: give an access key, or AWS_ACCESS_KEY_ID and so on")
                : new Meaning(Kind.FAILED, "the request failed on this side, see the cause");
    }
}
