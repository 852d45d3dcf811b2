package io.bulwark.http.server;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The query parameters of a call to Bulwark's own routes: each known, each at most once. */
public final class Query {
    private final Map<String, String> values;

    private Query(Map<String, String> values) {
        this.values = values;
    }

    /** @throws ProblemException 400 {@code invalid-request} when a parameter is unknown, given twice or undecodable */
    public static Query of(Call call, Set<String> known) {
        Map<String, String> values = new LinkedHashMap<>();
        String raw = call.rawQuery().orElse("");
        for (String pair : raw.isEmpty() ? new String[0] : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (!known.contains(name)) {
                throw invalid("The query parameter '" + name + "' is not known here: expected "
                        + (known.isEmpty()
                                ? "none"
                                : String.join(", ", known.stream().sorted().toList())) + ".");
            }
            if (values.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1))) != null) {
                throw invalid("The query parameter '" + name + "' is given twice: expected it once.");
            }
        }
        return new Query(values);
    }

    /** The parameter's value, if it was given. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** @throws ProblemException 400 {@code invalid-request} when it is no number or out of range */
    public int number(String name, int least, int most, int absent) {
        String value = values.get(name);
        if (value == null) {
            return absent;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Answered like a number out of range.
        }
        throw invalid("The query parameter '" + name + "' is '" + value + "': expected " + least + " to " + most + ".");
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalid("The query holds '" + text + "', which cannot be percent-decoded.");
        }
    }

    private static ProblemException invalid(String detail) {
        return Problem.badRequest("invalid-request", detail).exception();
    }
}
