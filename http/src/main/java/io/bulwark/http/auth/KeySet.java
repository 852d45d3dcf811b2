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

    /** These keys, and those of another set for the ids that are not known here. */
    default KeySet or(KeySet others) {
        return keyId -> find(keyId)
                .thenCompose(key -> key.isPresent() ? CompletableFuture.completedStage(key) : others.find(keyId));
    }
}
