package io.bulwark.persistence.drill;

/**
 * What a check of a drill came to.
 *
 * @param check its name, such as {@code journal}
 * @param what a sentence for people
 */
public record Finding(String check, Outcome outcome, String what) {
    /** How it came out. */
    public enum Outcome {
        OK,
        FAILED,
        /** It could not be looked at, which is not the data's fault; the sentence says why. */
        NOT_POSSIBLE
    }

    static Finding ok(String check, String what) {
        return new Finding(check, Outcome.OK, what);
    }

    static Finding failed(String check, String what) {
        return new Finding(check, Outcome.FAILED, what);
    }

    static Finding notPossible(String check, String what) {
        return new Finding(check, Outcome.NOT_POSSIBLE, what);
    }
}
