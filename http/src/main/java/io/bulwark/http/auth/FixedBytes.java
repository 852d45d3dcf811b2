package io.bulwark.http.auth;

import java.security.SecureRandom;

/** Gives out the same bytes whenever it is asked: how the JDK is told which key to make. */
final class FixedBytes extends SecureRandom {
    private final byte[] bytes;

    FixedBytes(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    @Override
    public void nextBytes(byte[] out) {
        if (out.length != bytes.length) {
            throw new IllegalStateException(
                    "The JDK asks for " + out.length + " bytes: expected to give " + bytes.length);
        }
        System.arraycopy(bytes, 0, out, 0, bytes.length);
    }
}
