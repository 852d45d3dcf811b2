package io.bulwark.load.history;

/**
 * One call of a client.
 *
 * @param client which of the clients made it
 * @param node the one that took it, by the name that the harness gave it; empty where there is only one
 * @param startNanos of {@link System#nanoTime}, before the first byte was sent
 * @param endNanos of the same clock, after the last byte came
 */
public record Call(String key, int client, String node, long startNanos, long endNanos, Ending ending) {
    /** What its ending says about the operation. */
    public Ending.Meaning meaning() {
        return ending.meaning();
    }
}
