package io.bulwark.persistence.repository;

import java.util.regex.Pattern;

/**
 * Which keys objects can have, the same for every store: parts of letters, digits, {@code . _ -} that start with a letter
 * or a digit, joined by slashes. So none of them leaves the store's folder, hides, or means something else to a store.
 */
public final class ObjectKeys {
    /** Room is left for what a store adds to the name of a file. */
    static final int PART_CHARS_MAX = 160;

    static final int KEY_CHARS_MAX = 700;

    private static final Pattern PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private ObjectKeys() {}

    /**
     * The key itself.
     *
     * @throws IllegalArgumentException when it is not allowed
     */
    public static String require(String key) {
        if (key.length() > KEY_CHARS_MAX) {
            throw refused(key, "has " + key.length() + " characters, at most " + KEY_CHARS_MAX + " are allowed");
        }
        for (String part : key.split("/", -1)) {
            requirePart(part, key);
        }
        return key;
    }

    /**
     * The prefix itself: "" or the beginning of a key.
     *
     * @throws IllegalArgumentException when no key can start with it
     */
    public static String requirePrefix(String prefix) {
        if (!prefix.isEmpty()) {
            // A prefix may end at a slash or in the middle of a part: with one more letter it must be a key.
            require(prefix.endsWith("/") ? prefix + "x" : prefix);
        }
        return prefix;
    }

    /**
     * The part itself: what stands between two slashes of a key.
     *
     * @throws IllegalArgumentException when it is not allowed
     */
    public static String requirePart(String part) {
        return requirePart(part, part);
    }

    private static String requirePart(String part, String key) {
        if (part.length() > PART_CHARS_MAX) {
            throw refused(
                    key, "has a part of " + part.length() + " characters, at most " + PART_CHARS_MAX + " are allowed");
        }
        if (!PART.matcher(part).matches()) {
            throw refused(
                    key,
                    "has the part \"" + part
                            + "\": expected letters, digits and . _ - after a letter or digit, joined by single slashes");
        }
        return part;
    }

    private static IllegalArgumentException refused(String key, String why) {
        return new IllegalArgumentException("The object key \"" + key + "\" " + why);
    }
}
