package io.bulwark.load.result;

/**
 * An assertion and what came of it.
 *
 * @param assertion as it was written, such as {@code p99 < 20ms}
 * @param seen the value that it was held against, with its unit
 */
public record Assessment(String assertion, String seen, boolean holds) {}
