package io.bulwark.http.framing;

/** Reads a request line and the header fields after it (RFC 9112, 3 and 5). */
final class Head {
    private static final String VERSION = "HTTP/1.";
    private static final int METHOD_MAX = 16;

    private enum At {
        METHOD,
        TARGET,
        VERSION,
        LF,
        FIELDS
    }

    private final Bounds bounds;
    private final Fields fields;
    private BodyRule rule = new BodyRule();
    private At at = At.METHOD;
    private int bytes;
    private int inPart;
    private boolean http11;

    Head(Bounds bounds) {
        this.bounds = bounds;
        this.fields = new Fields(bounds);
        fields.begin(rule);
    }

    /** Begins anew. */
    void begin() {
        rule = new BodyRule();
        fields.begin(rule);
        at = At.METHOD;
        bytes = 0;
        inPart = 0;
    }

    /** Whether nothing of a head has been read. */
    boolean isUntouched() {
        return bytes == 0;
    }

    /** Reads one octet; true when it ended the head. */
    boolean read(int octet) {
        count();
        switch (at) {
            case METHOD -> method(octet);
            case TARGET -> target(octet);
            case VERSION -> version(octet);
            case LF -> endOfLine(octet);
            case FIELDS -> {
                return fields.read(octet);
            }
        }
        return false;
    }

    /** How many bytes follow the head, or {@link BodyRule#CHUNKED}. */
    long bodyLength() {
        return rule.bodyLength(http11, bounds.bodyBytesMax());
    }

    private void count() {
        if (++bytes > bounds.headBytesMax()) {
            throw Fields.tooLarge("more than " + bounds.headBytesMax() + " bytes")
                    .raise();
        }
    }

    private void method(int octet) {
        if (octet == Octets.SP && inPart > 0) {
            next(At.TARGET);
        } else if (!Octets.isToken(octet) || ++inPart > METHOD_MAX) {
            throw Refusal.malformed("The request line begins with " + Octets.shown(octet) + " after " + inPart
                            + " characters: expected a method of at most " + METHOD_MAX + " characters, then a blank.")
                    .raise();
        }
    }

    private void target(int octet) {
        if (octet == Octets.SP && inPart > 0) {
            next(At.VERSION);
        } else if (inPart == 0 && octet != '/') {
            throw new Refusal(
                            400,
                            "request-target-invalid",
                            "The request target begins with " + Octets.shown(octet)
                                    + ": expected '/', the path alone without scheme and host.")
                    .raise();
        } else if (!Octets.isVisible(octet)) {
            throw Refusal.malformed("The request target holds " + Octets.shown(octet)
                            + ": expected visible ASCII, then one blank and 'HTTP/1.1'.")
                    .raise();
        } else if (++inPart > bounds.targetBytesMax()) {
            throw new Refusal(
                            414,
                            "request-target-too-long",
                            "The request target has more than " + bounds.targetBytesMax()
                                    + " bytes: send a shorter one.")
                    .raise();
        }
    }

    private void version(int octet) {
        if (inPart < VERSION.length()) {
            expectVersion(octet == VERSION.charAt(inPart), octet);
        } else if (inPart == VERSION.length()) {
            expectVersion(octet == '0' || octet == '1', octet);
            http11 = octet == '1';
        } else {
            expectVersion(octet == Octets.CR, octet);
            next(At.LF);
            return;
        }
        inPart++;
    }

    private static void expectVersion(boolean expected, int octet) {
        if (!expected) {
            throw new Refusal(
                            505,
                            "http-version-not-supported",
                            "The request line ends with another version than HTTP/1.1 or HTTP/1.0, at "
                                    + Octets.shown(octet) + ": send HTTP/1.1, and a line end of CR and LF.")
                    .raise();
        }
    }

    private void endOfLine(int octet) {
        Fields.expectLf(octet);
        next(At.FIELDS);
    }

    private void next(At part) {
        at = part;
        inPart = 0;
    }
}
