package io.bulwark.node.start;

import io.bulwark.grammar.Name;
import io.bulwark.http.auth.JwksKeys;
import io.bulwark.http.auth.JwksSource;
import io.bulwark.http.auth.KeySet;
import io.bulwark.http.auth.LocalKey;
import io.bulwark.http.auth.TokenMint;
import io.bulwark.http.auth.TokenRules;
import io.bulwark.http.auth.TokenVerifier;
import io.bulwark.http.server.Role;
import io.bulwark.node.config.NodeConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * The node's own key, and tokens signed with it.
 *
 * @param firstStart whether the key was made just now
 * @param verifier believes this key, and those of the identity provider if there is one
 */
public record Trust(LocalKey key, boolean firstStart, TokenMint mint, TokenVerifier verifier) {
    private static final Duration ADMIN_TTL = Duration.ofDays(365);
    private static final Duration DEMO_TTL = Duration.ofDays(1);
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    /** Opens the key in the data directory, or makes one. */
    public static Trust open(NodeConfig config) throws IOException {
        NodeConfig.Auth auth = config.auth();
        LocalKey.Opened opened = auth.keyFile().isPresent()
                ? new LocalKey.Opened(LocalKey.openShared(auth.keyFile().get()), false)
                : LocalKey.open(Files.createDirectories(config.dataDir()));
        TokenRules rules = new TokenRules(auth.audience(), auth.issuer(), auth.clockSkew());
        TokenMint mint = new TokenMint(opened.key(), rules, InstantSource.system(), new SecureRandom());
        TokenVerifier verifier = new TokenVerifier(keys(opened.key(), auth), rules, InstantSource.system());
        return new Trust(opened.key(), opened.created(), mint, verifier);
    }

    /** The node's own key first, so that it is believed whether or not the identity provider answers. */
    private static KeySet keys(LocalKey own, NodeConfig.Auth auth) {
        return auth.jwks()
                .map(where -> own.or(new JwksKeys(source(where), InstantSource.system())))
                .orElse(own);
    }

    private static JwksSource source(URI where) {
        return "file".equals(where.getScheme())
                ? JwksSource.file(Path.of(where))
                : JwksSource.address(
                        HttpClient.newBuilder()
                                .connectTimeout(CONNECT_WITHIN)
                                .followRedirects(HttpClient.Redirect.NEVER)
                                .build(),
                        where);
    }

    /** A token for everything, for a year; only at the first start, because it is printed. */
    Optional<String> adminToken() {
        return firstStart
                ? Optional.of(mint.issue("first-admin", Optional.empty(), Set.of(Role.ADMIN), ADMIN_TTL))
                : Optional.empty();
    }

    /** A token for the demo's tenant, for a day. */
    String demoToken(Name tenant) {
        return mint.issue("demo", Optional.of(tenant), Set.of(Role.CALLER), DEMO_TTL);
    }
}
