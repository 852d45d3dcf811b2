package io.bulwark.load.drive;

/** What a dialogue sees of an answer; valid while it is asked for the next request. */
public interface Answer {
    /** The most bytes of a body that can be seen; a longer one breaks the call. */
    int BODY_MAX = 1024 * 1024;

    /** Of the status line, 200 to 599. */
    int status();

    /** The bytes of the body, decoded of chunks; only the first {@link #length} count. */
    byte[] body();

    /** How many bytes the body has, 0 to {@link #BODY_MAX}. */
    int length();
}
