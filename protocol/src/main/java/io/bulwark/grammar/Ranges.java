package io.bulwark.grammar;

import java.time.Duration;

/** Refuses a policy's member outside its range, with a message that names the member, the value and the range. */
public final class Ranges {
    private Ranges() {}

    /** @throws IllegalArgumentException when the value is below the least or above the most */
    public static void check(String member, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(member + " is " + value + ": expected " + least + " to " + most);
        }
    }

    /** @throws IllegalArgumentException when the value is below the least or above the most */
    public static void check(String member, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(member + " is " + value + ": expected " + least + " to " + most);
        }
    }

    /** @throws IllegalArgumentException when the value is not a number, not above 0, or above 1 */
    public static void checkShare(String member, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(member + " is " + value + ": expected above 0, and 1 at most");
        }
    }
}
