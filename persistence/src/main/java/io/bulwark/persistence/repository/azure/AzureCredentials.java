package io.bulwark.persistence.repository.azure;

import java.util.Base64;

/** Whom Azure Blob Storage is to take us for; the secrets are never shown. */
public sealed interface AzureCredentials {
    /**
     * A key of the storage account.
     *
     * @param key in base64, as the portal shows it
     */
    record AccountKey(String account, String key) implements AzureCredentials {
        /** @throws IllegalArgumentException when the account is empty or the key is not base64 */
        public AccountKey {
            if (account.isBlank()) {
                throw new IllegalArgumentException("The Azure credentials lack the account's name");
            }
            if (!isBase64(key)) {
                throw new IllegalArgumentException("The key of the Azure account " + account
                        + " is not base64: expected it as the portal shows it");
            }
        }

        private static boolean isBase64(String key) {
            try {
                return Base64.getDecoder().decode(key).length > 0;
            } catch (IllegalArgumentException other) {
                return false;
            }
        }

        @Override
        public String toString() {
            return "key of account " + account;
        }
    }

    /**
     * A shared access signature for the container.
     *
     * @param token the query string, with or without the question mark
     */
    record SharedAccess(String token) implements AzureCredentials {
        /** @throws IllegalArgumentException when it has no signature */
        public SharedAccess {
            if (!token.contains("sig=")) {
                throw new IllegalArgumentException(
                        "The Azure shared access signature has no \"sig=\": expected the whole query string");
            }
        }

        @Override
        public String toString() {
            return "shared access signature";
        }
    }
}
