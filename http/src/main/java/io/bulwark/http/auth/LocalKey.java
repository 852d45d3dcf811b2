package io.bulwark.http.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The Ed25519 key that a node signs tokens with when no other is configured: a PKCS #8 file (RFC 5958, in PEM) in its
 * data directory that only its owner may read.
 */
public final class LocalKey implements KeySet {
    /** The file's name in the data directory. */
    public static final String FILE = "token-key.pem";

    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final Set<PosixFilePermission> OWNER_AND_GROUP_READS =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.GROUP_READ);

    private final PrivateKey privateKey;
    private final OctetKeyPair publicKey;

    private LocalKey(PrivateKey privateKey, EdECPublicKey publicKey) {
        this.privateKey = privateKey;
        this.publicKey = jwk(publicKey);
    }

    /** A key and whether it was made just now. */
    public record Opened(LocalKey key, boolean created) {}

    /**
     * Loads the key of a data directory, or makes it. Two processes that do so at once get the same key.
     *
     * @throws IOException when the file cannot be read or written, is not such a key, or others may read it; the
     *     message names the file and says what to do
     */
    public static Opened open(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE);
        boolean created = !Files.exists(file) && create(dataDirectory, file);
        return new Opened(load(file, OWNER_ONLY), created);
    }

    /**
     * Opens a key that was put there for several nodes; it may be read by a group, as a mounted secret is.
     *
     * @throws IOException when the file cannot be read, is not such a key, or others may read or change it
     */
    public static LocalKey openShared(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("The key file " + file + " cannot be read: put the key there that all nodes share.");
        }
        return load(file, OWNER_AND_GROUP_READS);
    }

    @Override
    public CompletionStage<Optional<JWK>> find(Optional<String> keyId) {
        boolean ours = keyId.equals(Optional.of(publicKey.getKeyID()));
        return CompletableFuture.completedStage(ours ? Optional.of(publicKey) : Optional.empty());
    }

    /** The id that its tokens name: the key's thumbprint (RFC 7638). */
    public String id() {
        return publicKey.getKeyID();
    }

    /** Signs; the signature has 64 bytes. */
    byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(Ed25519.NAME);
            signature.initSign(privateKey);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The JDK cannot sign with its own key", e);
        }
    }

    /** The file gets its name when it is whole; if another process was first, its file stays. */
    private static boolean create(Path directory, Path file) throws IOException {
        Files.createDirectories(directory);
        Path whole = Files.createTempFile(directory, FILE, ".new", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            Files.writeString(whole, pem(generate()), StandardCharsets.US_ASCII);
            Files.createLink(file, whole);
            return true;
        } catch (FileAlreadyExistsException anotherWasFirst) {
            return false;
        } finally {
            Files.delete(whole);
        }
    }

    private static LocalKey load(Path file, Set<PosixFilePermission> allowed) throws IOException {
        checkPermissions(file, allowed);
        String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
        if (!text.startsWith(BEGIN) || !text.endsWith(END)) {
            throw notAKey(file, null);
        }
        String body = text.substring(BEGIN.length(), text.length() - END.length());
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(body);
            EdECPrivateKey key = (EdECPrivateKey)
                    KeyFactory.getInstance(Ed25519.NAME).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            return new LocalKey(key, publicOf(key));
        } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
            throw notAKey(file, e);
        }
    }

    private static void checkPermissions(Path file, Set<PosixFilePermission> allowed) throws IOException {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        permissions.addAll(Files.getPosixFilePermissions(file));
        permissions.removeAll(allowed);
        if (!permissions.isEmpty()) {
            throw new IOException("The key file " + file + " may be used by others than its owner ("
                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                    + "): run 'chmod 600 " + file + "', and consider the key known if others use this machine.");
        }
    }

    private static IOException notAKey(Path file, @Nullable Exception cause) {
        return new IOException(
                "The key file " + file + " is not an Ed25519 key in PKCS #8 (PEM): restore it, or move it away to get a"
                        + " new key, which makes the tokens issued so far worthless.",
                cause);
    }

    private static KeyPair generate() {
        try {
            return KeyPairGenerator.getInstance(Ed25519.NAME).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK since 15 has Ed25519", e);
        }
    }

    private static String pem(KeyPair pair) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(pair.getPrivate().getEncoded());
        return BEGIN + "\n" + body + "\n" + END + "\n";
    }

    /**
     * The JDK derives a public key only when it makes a pair. It makes one from its source of randomness, which is the
     * private key's own bytes here.
     */
    private static EdECPublicKey publicOf(EdECPrivateKey key) throws GeneralSecurityException {
        byte[] seed = key.getBytes().orElseThrow(() -> new GeneralSecurityException("The key has no bytes"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance(Ed25519.NAME);
        generator.initialize(NamedParameterSpec.ED25519, new FixedBytes(seed));
        return (EdECPublicKey) generator.generateKeyPair().getPublic();
    }

    private static OctetKeyPair jwk(EdECPublicKey key) {
        try {
            return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(Ed25519.raw(key)))
                    .keyIDFromThumbprint()
                    .build();
        } catch (JOSEException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
