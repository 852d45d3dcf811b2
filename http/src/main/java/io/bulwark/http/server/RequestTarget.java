package io.bulwark.http.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The path of a request, split before it is decoded, so that an encoded slash never becomes a separator.
 *
 * @param rawPath as it was sent, from its leading slash
 * @param segments what stands between the slashes; of {@code /} one empty segment
 */
record RequestTarget(String rawPath, List<Segment> segments) {
    /**
     * One segment.
     *
     * @param start where it begins in the raw path
     * @param text percent-decoded
     * @param holdsSeparator whether the text has a slash or backslash in it, which was encoded
     */
    record Segment(int start, String text, boolean holdsSeparator) {}

    /** @throws ProblemException 400 {@code request-target-invalid} */
    static RequestTarget of(String target) {
        if (!target.startsWith("/")) {
            throw invalid("does not begin with '/'", "the path alone, without scheme and host")
                    .exception();
        }
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        return new RequestTarget(path, split(path));
    }

    static Problem invalid(String what, String expected) {
        return Problem.badRequest(
                "request-target-invalid", "The request target " + what + ": expected " + expected + ".");
    }

    private static List<Segment> split(String path) {
        List<Segment> segments = new ArrayList<>();
        int start = 1;
        for (int slash = path.indexOf('/', 1); slash >= 0; slash = path.indexOf('/', start)) {
            segments.add(segment(path, start, slash));
            start = slash + 1;
        }
        segments.add(segment(path, start, path.length()));
        return segments;
    }

    private static Segment segment(String path, int start, int end) {
        String raw = path.substring(start, end);
        String text = raw.indexOf('%') < 0 ? raw : decoded(raw);
        if (text.equals(".") || text.equals("..")) {
            throw invalid("has a '.' or '..' segment", "a path that is already resolved")
                    .exception();
        }
        return new Segment(start, text, text.indexOf('/') >= 0 || text.indexOf('\\') >= 0);
    }

    private static String decoded(String raw) {
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes[length++] = octet(raw, i);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static byte octet(String raw, int percent) {
        if (percent + 2 >= raw.length()
                || !HexFormat.isHexDigit(raw.charAt(percent + 1))
                || !HexFormat.isHexDigit(raw.charAt(percent + 2))) {
            throw invalid("has a '%' without two hexadecimal digits", "'%25' for the character itself")
                    .exception();
        }
        int octet = HexFormat.fromHexDigits(raw, percent + 1, percent + 3);
        if (octet < 0x20 || octet == 0x7f) {
            throw invalid("holds an encoded control character", "visible characters")
                    .exception();
        }
        return (byte) octet;
    }
}
