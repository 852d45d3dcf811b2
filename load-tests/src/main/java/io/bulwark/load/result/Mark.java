package io.bulwark.load.result;

/**
 * Something that happened to the system during the run, such as a fault.
 *
 * @param at seconds since the run began
 * @param what in a few words, such as {@code kill node 2}
 */
public record Mark(double at, String what) {}
