package io.bulwark.http.auth;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an issuer's set. What was fetched is used for {@link #FRESH_FOR} and then fetched again beside the calls,
 * which go on with the old keys if that fails. A key id that is not in the set makes it be fetched at once, so that a
 * key that the issuer has just begun to use is known, but not more often than every {@link #APART}, so that tokens with
 * invented ids do not become load on the issuer.
 */
public final class JwksKeys implements KeySet {
    /** How long a set is used without asking again. */
    public static final Duration FRESH_FOR = Duration.ofMinutes(5);
    /** The least time between two fetches. */
    public static final Duration APART = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(JwksKeys.class);

    private final JwksSource source;
    private final InstantSource clock;
    private @Nullable JWKSet known;
    private Instant fetchedAt = Instant.EPOCH;
    private Instant askedAt = Instant.EPOCH;
    private @Nullable CompletableFuture<JWKSet> asking;

    /** Keys that have not been fetched yet; the first token makes that happen. */
    public JwksKeys(JwksSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Optional<JWK>> find(Optional<String> keyId) {
        Optional<JWK> key = inKnown(keyId);
        if (key.isPresent()) {
            refreshIfOld();
            return CompletableFuture.completedStage(key);
        }
        return fetch().<CompletionStage<Optional<JWK>>>map(fetched -> fetched.thenApply(set -> in(set, keyId)))
                .orElseGet(this::askedJustNow);
    }

    private synchronized Optional<JWK> inKnown(Optional<String> keyId) {
        return known == null ? Optional.empty() : in(known, keyId);
    }

    private synchronized CompletionStage<Optional<JWK>> askedJustNow() {
        return known == null
                ? CompletableFuture.failedStage(new IllegalStateException("The key set could not be fetched yet"))
                : CompletableFuture.completedStage(Optional.empty());
    }

    private void refreshIfOld() {
        boolean old;
        synchronized (this) {
            old = !clock.instant().isBefore(fetchedAt.plus(FRESH_FOR));
        }
        if (old) {
            fetch();
        }
    }

    /** The set as it is fetched now; empty when it was asked for just now and that has ended. */
    private synchronized Optional<CompletableFuture<JWKSet>> fetch() {
        if (asking != null) {
            return Optional.of(asking);
        }
        Instant now = clock.instant();
        if (now.isBefore(askedAt.plus(APART))) {
            return Optional.empty();
        }
        askedAt = now;
        CompletableFuture<JWKSet> fetching =
                source.fetch().whenComplete(this::fetched).toCompletableFuture();
        asking = fetching.isDone() ? null : fetching;
        return Optional.of(fetching);
    }

    private synchronized void fetched(@Nullable JWKSet set, @Nullable Throwable failure) {
        asking = null;
        if (set != null) {
            known = set;
            fetchedAt = clock.instant();
        } else {
            LOG.warn("The token keys could not be fetched; those fetched before go on being used", failure);
        }
    }

    private static Optional<JWK> in(JWKSet set, Optional<String> keyId) {
        List<JWK> keys = set.getKeys();
        return keyId.map(id -> Optional.ofNullable(set.getKeyByKeyId(id)))
                .orElseGet(() -> keys.size() == 1 ? Optional.of(keys.getFirst()) : Optional.empty());
    }
}
