package io.bulwark.load.result;

/**
 * Where a run was made.
 *
 * @param processor the model's name
 * @param memoryBytes of the machine
 * @param system the operating system and its version
 * @param java the runtime of the harness
 * @param loadBefore the load average of the last minute when the run began; above the number of cores somebody else was at work
 */
public record Machine(String processor, int cores, long memoryBytes, String system, String java, double loadBefore) {}
