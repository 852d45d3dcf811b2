package io.bulwark.http.idempotency;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import io.bulwark.idempotency.IdempotencyKey;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code Idempotency-Key}: an RFC 9651 string without parameters ({@code "8e03"}), or the bare key. A bare key
 * begins with any visible ASCII character but a quotation mark, so that a string that was cut off is not taken for one.
 */
public sealed interface KeyHeader {
    /** The header's name. */
    String NAME = "Idempotency-Key";

    /** There is no such header. */
    record Absent() implements KeyHeader {}

    /** The key that the client chose. */
    record Present(IdempotencyKey key) implements KeyHeader {}

    /** There is such a header, and it is not one key; {@code why} is a sentence for the client. */
    record Malformed(String why) implements KeyHeader {}

    /** What the request's header says. */
    static KeyHeader of(HttpRequest request) {
        List<String> values = new ArrayList<>();
        for (HttpHeader header : request.getHeaders()) {
            if (header.is("idempotency-key")) {
                values.add(header.value());
            }
        }
        return switch (values.size()) {
            case 0 -> new Absent();
            case 1 -> parse(values.getFirst());
            default -> new Malformed("There are " + values.size() + " " + NAME + " headers: send one.");
        };
    }

    /** What one header's value says. */
    static KeyHeader parse(String value) {
        try {
            return new Present(new IdempotencyKey(value.startsWith("\"") ? unquote(value) : value));
        } catch (IllegalArgumentException refused) {
            return new Malformed(refused.getMessage() + ".");
        }
    }

    /** RFC 9651, 4.2.5: what a string between quotation marks stands for. */
    private static String unquote(String quoted) {
        StringBuilder key = new StringBuilder();
        int at = 1;
        while (at < quoted.length() && quoted.charAt(at) != '"') {
            if (quoted.charAt(at) == '\\') {
                at++;
                requireEscapable(quoted, at);
            }
            key.append(quoted.charAt(at++));
        }
        if (at != quoted.length() - 1) {
            throw new IllegalArgumentException(
                    at < quoted.length()
                            ? "The key's string is followed by more"
                            : "The key's string has no closing quote");
        }
        return key.toString();
    }

    private static void requireEscapable(String quoted, int at) {
        if (at >= quoted.length() || (quoted.charAt(at) != '"' && quoted.charAt(at) != '\\')) {
            throw new IllegalArgumentException(
                    "The key's string has a backslash before something other than '\"' or '\\'");
        }
    }
}
