package io.bulwark.http.decisions;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Ranges;
import io.bulwark.http.decisions.RecordedAnswer.BodyEncoding;
import io.bulwark.http.decisions.RecordedAnswer.Values;
import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.IdempotencyKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is sent to the routes of operations. */
final class OperationRequests {
    /** The most in one call, as with limits. */
    private static final int ITEMS_MAX = 1_000;

    private static final Duration LEASE_MIN = Duration.ofSeconds(1);
    private static final Duration LEASE_MAX = Duration.ofHours(1);

    private OperationRequests() {}

    /** Of {@code …/claim}; a lease that is not given is the policy's. */
    record Claim(
            @JsonProperty(required = true) Fingerprint fingerprint,
            @Nullable Duration lease) {
        Claim {
            if (lease != null) {
                checkLease(lease);
            }
        }
    }

    /** Of {@code …/operations/claim}. */
    record Claims(@JsonProperty(required = true) List<ClaimItem> items) {
        Claims {
            checkCount(items.size());
        }
    }

    /** One of {@link Claims}. */
    record ClaimItem(
            @JsonProperty(required = true) IdempotencyKey key,
            @JsonProperty(required = true) Fingerprint fingerprint,
            @Nullable Duration lease) {
        ClaimItem {
            if (lease != null) {
                checkLease(lease);
            }
        }

        Claim claim() {
            return new Claim(fingerprint, lease);
        }
    }

    /** Of {@code …/operations/complete}. */
    record Completions(@JsonProperty(required = true) List<CompleteItem> items) {
        Completions {
            checkCount(items.size());
        }
    }

    /** One of {@link Completions}. */
    record CompleteItem(
            @JsonProperty(required = true) IdempotencyKey key,
            @JsonProperty(required = true) long token,
            @JsonProperty(required = true) int status,
            @Nullable Map<String, Values> headers,
            @Nullable String body,
            @Nullable BodyEncoding bodyEncoding) {
        CompleteItem {
            checkToken(token);
            RecordedAnswer.read(status, headers, body, bodyEncoding);
        }

        Answer answer() {
            return RecordedAnswer.read(status, headers, body, bodyEncoding);
        }
    }

    /** Of {@code …/extend}. */
    record Extend(
            @JsonProperty(required = true) long token,
            @JsonProperty(required = true) Duration lease) {
        Extend {
            checkToken(token);
            checkLease(lease);
        }
    }

    /** Of {@code …/complete}. */
    record Complete(
            @JsonProperty(required = true) long token,
            @JsonProperty(required = true) int status,
            @Nullable Map<String, Values> headers,
            @Nullable String body,
            @Nullable BodyEncoding bodyEncoding) {
        Complete {
            checkToken(token);
            RecordedAnswer.read(status, headers, body, bodyEncoding);
        }

        Answer answer() {
            return RecordedAnswer.read(status, headers, body, bodyEncoding);
        }
    }

    /** Of {@code …/release}. */
    record Release(@JsonProperty(required = true) long token) {
        Release {
            checkToken(token);
        }
    }

    /** How an unknown outcome is settled. */
    enum Settlement {
        /** It was executed, and answered like this. */
        @JsonProperty("completed")
        COMPLETED,
        /** It was not executed. */
        @JsonProperty("released")
        RELEASED
    }

    /** Of {@code …/resolve}; the members of an answer stand beside {@code completed} only. */
    record Resolve(
            @JsonProperty(required = true) Settlement as,
            @Nullable Integer status,
            @Nullable Map<String, Values> headers,
            @Nullable String body,
            @Nullable BodyEncoding bodyEncoding) {
        Resolve {
            boolean bare = status == null && headers == null && body == null && bodyEncoding == null;
            if (as == Settlement.RELEASED && !bare) {
                throw new IllegalArgumentException(
                        "as is 'released' with the members of an answer: expected none, because there was none");
            }
            if (as == Settlement.COMPLETED && status == null) {
                throw new IllegalArgumentException("status is missing: expected 100 to 599 beside 'completed'");
            }
            if (status != null) {
                RecordedAnswer.read(status, headers, body, bodyEncoding);
            }
        }

        Optional<Answer> answer() {
            return Optional.ofNullable(status).map(code -> RecordedAnswer.read(code, headers, body, bodyEncoding));
        }
    }

    private static void checkCount(int items) {
        Ranges.check("items (how many)", items, 1, ITEMS_MAX);
    }

    private static void checkLease(Duration lease) {
        Ranges.check("lease", lease, LEASE_MIN, LEASE_MAX);
    }

    private static void checkToken(long token) {
        Ranges.check("token", token, 1, Long.MAX_VALUE);
    }
}
