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

    /** Visible, blank, or above ASCII: what a field value is made of. */
    static boolean isValue(int octet) {
        return (octet >= SP && octet != 0x7f) || octet == HTAB;
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
