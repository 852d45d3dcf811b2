package io.bulwark.http.framing;

/** What came of reading some bytes. */
public sealed interface Verdict {
    /**
     * How many of these bytes, counted from the first, may be passed on, together with everything held back before.
     * The rest is the beginning of a head that is not complete, and is to be held back.
     */
    int safe();

    /** Nothing is wrong so far. */
    record Passed(int safe) implements Verdict {}

    /**
     * The bytes that follow must not be passed on, and nothing more is to be read.
     *
     * @param inBody whether the request's head has been passed on before
     */
    record Refused(int safe, Refusal refusal, boolean inBody) implements Verdict {}
}
