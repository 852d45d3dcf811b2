package io.bulwark.http.framing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How long a request's body is, by its head (RFC 9112, 6), with every choice that the standard leaves to the reader
 * made the same way: refused. Two readers that choose differently are what request smuggling needs.
 */
final class BodyRule {
    /** {@link #bodyLength} of a chunked body. */
    static final long CHUNKED = -1;

    private static final byte[][] NAMES = {
        ascii("content-length"), ascii("transfer-encoding"), ascii("host"),
    };

    private final boolean trailer;
    private @Nullable String contentLength;
    private boolean chunked;
    private int hosts;

    BodyRule() {
        this(false);
    }

    private BodyRule(boolean trailer) {
        this.trailer = trailer;
    }

    /** For the fields after a chunked body, where none of these may be. */
    static BodyRule ofTrailer() {
        return new BodyRule(true);
    }

    boolean isAbout(byte[] lowerCaseName, int length) {
        for (byte[] name : NAMES) {
            if (name.length == length && Arrays.equals(name, 0, length, lowerCaseName, 0, length)) {
                return true;
            }
        }
        return false;
    }

    void field(String name, String value) {
        if (trailer) {
            throw Refusal.malformed("The trailer section names '" + name + "', which belongs into the head.")
                    .raise();
        }
        switch (name) {
            case "content-length" -> contentLength(value);
            case "transfer-encoding" -> transferEncoding(value);
            default -> hosts++;
        }
    }

    /** How many bytes follow the head, or {@link #CHUNKED}; to be asked when the head is complete. */
    long bodyLength(boolean http11, long bodyBytesMax) {
        checkHost(http11);
        if (chunked) {
            checkChunked(http11);
            return CHUNKED;
        }
        return contentLength == null ? 0 : checked(contentLength, bodyBytesMax);
    }

    private void contentLength(String value) {
        if (contentLength != null) {
            throw Refusal.malformed("Content-Length is given twice, as '" + contentLength + "' and '" + value
                            + "': expected it once.")
                    .raise();
        }
        if (!isNumber(value)) {
            throw Refusal.malformed("Content-Length is '" + value
                            + "': expected one number of decimal digits, at most 9223372036854775807.")
                    .raise();
        }
        contentLength = value;
    }

    private void transferEncoding(String value) {
        if (chunked || !value.equalsIgnoreCase("chunked")) {
            throw Refusal.malformed("Transfer-Encoding is '" + value
                            + "', or given twice: expected nothing but 'chunked', once.")
                    .raise();
        }
        chunked = true;
    }

    private void checkHost(boolean http11) {
        if (hosts > 1 || (http11 && hosts == 0)) {
            throw Refusal.malformed("The request has " + hosts + " Host headers: expected one.")
                    .raise();
        }
    }

    private void checkChunked(boolean http11) {
        if (contentLength != null) {
            throw Refusal.malformed("The request has both Content-Length and Transfer-Encoding: expected one of them.")
                    .raise();
        }
        if (!http11) {
            throw Refusal.malformed("The request has Transfer-Encoding under HTTP/1.0: expected HTTP/1.1.")
                    .raise();
        }
    }

    private static long checked(String digits, long bodyBytesMax) {
        long length = Long.parseLong(digits);
        if (length > bodyBytesMax) {
            throw tooLarge(bodyBytesMax).raise();
        }
        return length;
    }

    static Refusal tooLarge(long bodyBytesMax) {
        return new Refusal(
                413,
                "body-too-large",
                "The body is larger than " + bodyBytesMax + " bytes, the most that is taken: send less.");
    }

    private static boolean isNumber(String value) {
        if (value.isEmpty() || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return false;
        }
        try {
            return Long.parseLong(value) >= 0;
        } catch (NumberFormatException beyondTheRange) {
            return false;
        }
    }

    private static byte[] ascii(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
