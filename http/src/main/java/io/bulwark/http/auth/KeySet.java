package io.bulwark.http.auth;

import com.nimbusds.jose.jwk.JWK;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The public keys that tokens may be signed with. */
@FunctionalInterface
public interface KeySet {
    /**
     * The key of this id, or, when the token names none, the only key there is.
     *
     * @return fails when the keys cannot be had at all
     */
    CompletionStage<Optional<JWK>> find(Optional<String> keyId);

    /** The keys of this set and, for a key that is not among them, of the other. */
    default KeySet or(KeySet other) {
        return keyId -> find(keyId)
                .thenCompose(found -> found.isPresent() ? CompletableFuture.completedStage(found) : other.find(keyId));
    }
}
