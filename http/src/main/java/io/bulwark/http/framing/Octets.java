package io.bulwark.http.framing;

import java.util.HexFormat;

/** Classes of octets in HTTP (RFC 9110, 5.6.2 and 5.5). */
final class Octets {
    static final int CR = '\r';
    static final int LF = '\n';
    static final int SP = ' ';
    static final int HTAB = '\t';

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final boolean[] TOKEN = new boolean[128];

    static {
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                .chars()
                .forEach(c -> TOKEN[c] = true);
    }

    private Octets() {}

    static boolean isToken(int octet) {
        return octet < 128 && TOKEN[octet];
    }

    /** Visible or blank: what a field value is made of, beside {@link #continuations longer sequences}. */
    static boolean isValue(int octet) {
        return (octet >= SP && octet < 0x7f) || octet == HTAB;
    }

    /** How many octets follow the first one of a character in UTF-8 (RFC 3629, 4); 0 if none begins so. */
    static int continuations(int first) {
        if (first < 0xc2 || first > 0xf4) {
            return 0;
        }
        return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    }

    static boolean isVisible(int octet) {
        return octet > SP && octet < 0x7f;
    }

    static boolean isBlank(int octet) {
        return octet == SP || octet == HTAB;
    }

    static int lowerCase(int octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
    }

    /** The octet as a sentence shows it. */
    static String shown(int octet) {
        return isVisible(octet) ? "'" + (char) octet + "'" : "0x" + HEX.toHexDigits((byte) octet);
    }
}
