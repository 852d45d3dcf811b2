package io.bulwark.http.framing;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Reads field lines up to the empty line that ends them (RFC 9112, 5), of a head or of a trailer section. Only the
 * values that framing rests on are kept.
 */
final class Fields {
    private static final int KEPT_MAX = 128;

    private enum At {
        START,
        NAME,
        VALUE,
        LF,
        LAST_LF
    }

    private final Bounds bounds;
    private final byte[] name;
    private final StringBuilder value = new StringBuilder();
    private BodyRule rule = new BodyRule();
    private At at = At.START;
    private int nameLength;
    private int continuations;
    private int count;
    private boolean keep;

    Fields(Bounds bounds) {
        this.bounds = bounds;
        this.name = new byte[bounds.nameBytesMax()];
    }

    /** Begins anew; what the fields say about the body goes to the rule. */
    void begin(BodyRule to) {
        rule = to;
        at = At.START;
        count = 0;
    }

    /** Reads one octet; true when it ended the section. */
    boolean read(int octet) {
        switch (at) {
            case START -> start(octet);
            case NAME -> name(octet);
            case VALUE -> value(octet);
            case LF -> endOfLine(octet);
            case LAST_LF -> {
                return last(octet);
            }
        }
        return false;
    }

    private void start(int octet) {
        if (octet == Octets.CR) {
            at = At.LAST_LF;
        } else if (Octets.isBlank(octet)) {
            throw Refusal.malformed("A header line begins with a blank, which folds it onto the line before: expected"
                            + " one line for each header field.")
                    .raise();
        } else {
            begin(octet);
        }
    }

    private void begin(int octet) {
        if (++count > bounds.fieldsMax()) {
            throw tooLarge("more than " + bounds.fieldsMax() + " header lines").raise();
        }
        nameLength = 0;
        at = At.NAME;
        name(octet);
    }

    private void name(int octet) {
        if (octet == ':' && nameLength > 0) {
            keep = rule.isAbout(name, nameLength);
            value.setLength(0);
            at = At.VALUE;
        } else if (Octets.isToken(octet)) {
            append(octet);
        } else {
            throw Refusal.malformed("The name of a header, '" + shownName() + "', is followed by " + Octets.shown(octet)
                            + ": expected ':' at once after a name of letters, digits and !#$%&'*+-.^_`|~.")
                    .raise();
        }
    }

    private void append(int octet) {
        if (nameLength == name.length) {
            throw tooLarge("a header name of more than " + name.length + " bytes")
                    .raise();
        }
        name[nameLength++] = (byte) Octets.lowerCase(octet);
    }

    private void value(int octet) {
        if (continuations > 0) {
            continued(octet);
        } else if (octet == Octets.CR) {
            at = At.LF;
        } else if (octet >= 0x80) {
            continuations = Octets.continuations(octet);
            checkValue(continuations > 0, octet);
        } else {
            checkValue(Octets.isValue(octet), octet);
            keep(octet);
        }
    }

    private void keep(int octet) {
        if (keep && value.length() < KEPT_MAX) {
            value.append((char) octet);
        }
    }

    /**
     * Beyond ASCII a value is UTF-8, or refused: Akka takes the first byte of a longer sequence for the promise of the
     * others, and reads a line end in their place as part of the value.
     */
    private void continued(int octet) {
        checkValue(octet >= 0x80 && octet <= 0xbf, octet);
        continuations--;
    }

    private void checkValue(boolean fine, int octet) {
        if (!fine) {
            throw Refusal.malformed("The value of the header '" + shownName() + "' holds " + Octets.shown(octet)
                            + ": expected no control characters, UTF-8 beyond ASCII, and a line end of CR and LF.")
                    .raise();
        }
    }

    private void endOfLine(int octet) {
        expectLf(octet);
        if (keep) {
            rule.field(shownName().toLowerCase(Locale.ROOT), withoutBlanks(value));
        }
        at = At.START;
    }

    private boolean last(int octet) {
        expectLf(octet);
        return true;
    }

    private String shownName() {
        return new String(name, 0, nameLength, StandardCharsets.US_ASCII);
    }

    static void expectLf(int octet) {
        if (octet != Octets.LF) {
            throw Refusal.malformed(
                            "A carriage return is followed by " + Octets.shown(octet) + ": expected a line feed.")
                    .raise();
        }
    }

    static Refusal tooLarge(String what) {
        return new Refusal(
                431, "header-fields-too-large", "The head of the request has " + what + ": send less, and try again.");
    }

    private static String withoutBlanks(StringBuilder text) {
        int from = 0;
        int to = text.length();
        while (from < to && Octets.isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && Octets.isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }
}
