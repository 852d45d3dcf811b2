package io.bulwark.http.idempotency;

import akka.util.ByteString;
import io.bulwark.idempotency.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Tells two requests under one key apart: SHA-256 over method, path, query, content type and body, each behind its
 * length, so that no two different requests are the same sequence of bytes.
 */
public final class Fingerprints {
    /** Another encoding gets another scheme, so that old records never match by accident. */
    private static final String SCHEME = "bulwark-fingerprint-1";

    private Fingerprints() {}

    /**
     * The fingerprint of a request.
     *
     * @param path as sent, percent-encoding and all
     * @param query as sent, without the question mark; absent is another request than empty
     * @param contentType empty when there is no body
     */
    public static Fingerprint of(
            String method, String path, Optional<String> query, String contentType, ByteString body) {
        MessageDigest digest = sha256();
        add(digest, SCHEME);
        add(digest, method);
        add(digest, path);
        digest.update((byte) (query.isPresent() ? 1 : 0));
        add(digest, query.orElse(""));
        add(digest, contentType);
        addLength(digest, body.size());
        for (ByteBuffer part : body.getByteBuffers()) {
            digest.update(part);
        }
        return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
    }

    private static void add(MessageDigest digest, String field) {
        byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
        addLength(digest, bytes.length);
        digest.update(bytes);
    }

    private static void addLength(MessageDigest digest, int length) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }
}
