package io.bulwark.persistence.repository.s3;

import java.util.Optional;

/** Whom an S3 server is to take us for. */
public sealed interface S3Credentials {
    /**
     * What the AWS SDK finds by itself: system properties, environment variables, the shared credentials file, the
     * container's or the machine's role.
     */
    record Found() implements S3Credentials {}

    /**
     * Given ones; the secrets are never shown.
     *
     * @param sessionToken for temporary credentials
     */
    record Given(String accessKeyId, String secretAccessKey, Optional<String> sessionToken) implements S3Credentials {
        /** @throws IllegalArgumentException when one is empty */
        public Given {
            if (accessKeyId.isBlank() || secretAccessKey.isBlank()) {
                throw new IllegalArgumentException("The S3 credentials lack the "
                        + (accessKeyId.isBlank() ? "access key id" : "secret access key"));
            }
        }

        @Override
        public String toString() {
            return "access key " + accessKeyId;
        }
    }
}
