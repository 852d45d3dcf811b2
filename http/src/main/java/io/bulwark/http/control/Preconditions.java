package io.bulwark.http.control;

import io.bulwark.http.server.Call;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.ProblemException;
import io.bulwark.wire.Precondition;
import java.util.Optional;

/**
 * The preconditions of RFC 9110, 13.1, on versions: {@code If-Match} with one entity tag or {@code *}, and
 * {@code If-None-Match: *}.
 */
public final class Preconditions {
    private static final String ANY = "*";
    /** Versions begin at 1: no stored thing has this one. */
    private static final Precondition NEVER = new Precondition.Version(0);

    private Preconditions() {}

    /** The entity tag of a version, as RFC 9110, 8.8.3 writes a strong one. */
    public static String tag(long version) {
        return "\"" + version + "\"";
    }

    /** @throws ProblemException 400 {@code precondition-malformed} */
    public static Precondition of(Call call) {
        Optional<String> match = call.header("If-Match");
        Optional<String> noneMatch = call.header("If-None-Match");
        if (match.isPresent() && noneMatch.isPresent()) {
            throw malformed("If-Match and If-None-Match are both given", "one of them");
        }
        if (noneMatch.isPresent() && !noneMatch.get().strip().equals(ANY)) {
            throw malformed("If-None-Match is '" + noneMatch.get() + "'", "'*' when something is changed");
        }
        return noneMatch
                .<Precondition>map(any -> new Precondition.Absent())
                .or(() -> match.map(value -> matching(value.strip())))
                .orElseGet(Precondition.None::new);
    }

    /** Whether a read with {@code If-None-Match} already has this version; the comparison is the weak one. */
    public static boolean isKnown(Call call, long version) {
        String value = call.header("If-None-Match").orElse("").strip();
        if (value.equals(ANY)) {
            return true;
        }
        String unread = value;
        while (!unread.isEmpty()) {
            int end = endOfTag(unread, value);
            if (strong(unread.substring(0, end)).equals(tag(version))) {
                return true;
            }
            unread = afterComma(unread.substring(end), value);
        }
        return false;
    }

    /** 412. */
    public static Problem failed() {
        return Problem.of(
                412,
                "precondition-failed",
                "The precondition does not hold",
                "What is stored is not what If-Match or If-None-Match asks for: read it again, and decide anew.");
    }

    private static Precondition matching(String value) {
        if (value.equals(ANY)) {
            return new Precondition.Present();
        }
        int end = value.isEmpty() ? -1 : endOfTag(value, value);
        if (end != value.length()) {
            throw malformed("If-Match is '" + value + "'", "'*' or one entity tag such as \"7\"");
        }
        return version(value);
    }

    /** A weak tag, or one that no version has, never matches (RFC 9110, 13.1.1). */
    private static Precondition version(String tag) {
        String digits = tag.substring(1, tag.length() - 1);
        boolean ours = !tag.startsWith("W/") && digits.matches("[1-9][0-9]{0,17}");
        return ours ? new Precondition.Version(Long.parseLong(digits)) : NEVER;
    }

    private static String strong(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    /** Where the entity tag ends that the text begins with. */
    private static int endOfTag(String text, String whole) {
        int open = text.startsWith("W/") ? 2 : 0;
        int close = open < text.length() && text.charAt(open) == '"' ? text.indexOf('"', open + 1) : -1;
        if (close < 0
                || !text.substring(open + 1, close).chars().allMatch(c -> c == 0x21 || (c >= 0x23 && c != 0x7f))) {
            throw malformed("'" + whole + "' is not a list of entity tags", "'*', or tags such as \"7\"");
        }
        return close + 1;
    }

    private static String afterComma(String text, String whole) {
        String rest = text.strip();
        if (rest.isEmpty()) {
            return rest;
        }
        if (!rest.startsWith(",")) {
            throw malformed("'" + whole + "' is not a list of entity tags", "tags with commas between them");
        }
        return rest.substring(1).strip();
    }

    private static ProblemException malformed(String what, String expected) {
        return Problem.badRequest("precondition-malformed", what + ": expected " + expected + ".")
                .exception();
    }
}
