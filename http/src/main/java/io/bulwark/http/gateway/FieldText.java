package io.bulwark.http.gateway;

import java.nio.charset.StandardCharsets;

/** Values of fields, which are octets on the wire (RFC 9110, 5.5), and text in UTF-8 to Akka. */
final class FieldText {
    private FieldText() {}

    /** Text with one character for each octet, as Netty writes it. */
    static String toWire(String text) {
        return isAscii(text) ? text : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** The text of what Netty read. */
    static String fromWire(String octets) {
        return isAscii(octets)
                ? octets
                : new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }
}
