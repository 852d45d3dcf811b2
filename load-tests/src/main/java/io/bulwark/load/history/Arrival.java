package io.bulwark.load.history;

/**
 * One request that reached the service.
 *
 * @param number unique in the service's life, from 1
 * @param atNanos of {@link System#nanoTime}, when the request had been read
 * @param done what the service made of it
 * @param body of the answer it sent, or would have
 */
public record Arrival(long number, String key, long atNanos, Done done, String body) {
    /** What a service makes of a request. */
    public enum Done {
        /** Did the work and answered. */
        ANSWERED,
        /** Did not do the work and said so, in a way that the record rule releases (429, 503). */
        REFUSED,
        /** Perhaps did the work, and did not give a whole answer in time. */
        LEFT_OPEN
    }

    /** Whether a second such arrival under one key is a second execution: all that the caller cannot rule out. */
    public boolean countsAsExecution() {
        return done != Done.REFUSED;
    }
}
